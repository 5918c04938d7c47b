/** The software that changes mappings: the architectures' CPU flush rules. */
package dev.shootdown.kernel.arch;

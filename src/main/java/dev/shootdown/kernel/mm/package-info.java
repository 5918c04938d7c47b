/** The software that changes mappings: paths as data, page tables, locks. */
package dev.shootdown.kernel.mm;

/** The software that changes mappings: notifier eras and where the secondary flush sits. */
package dev.shootdown.kernel.notifier;

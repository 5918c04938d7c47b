/** The parts with silicon: the device that caches translations of its own. */
package dev.shootdown.hardware.ats;

/** The parts with silicon: the accelerator that works in pages which a driver mirrors for it. */
package dev.shootdown.hardware.accelerator;

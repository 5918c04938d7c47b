/** The parts with silicon: the CPU core, its TLBs, its interrupts and its time. */
package dev.shootdown.hardware.cpu;

/** The parts with silicon: memory as devices reach it, in latency and bandwidth. */
package dev.shootdown.hardware.memory;

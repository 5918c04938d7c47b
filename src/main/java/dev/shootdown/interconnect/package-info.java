/** The wires: latency, bandwidth, order, credits, and injected trouble. */
package dev.shootdown.interconnect;

/**
 * The parts with silicon: the virtual CPU, its second-stage TLB and its way in and out.
 */
package dev.shootdown.hardware.vcpu;

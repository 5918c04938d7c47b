package dev.shootdown.hardware.accelerator;

/**
 * Where an OpenCAPI link stands.
 *
 * @param walkerNumber its number at every page table
 * @param snooperNumber its number at the interconnect that it snoops tlbie on; −1 if it doesn't
 */
public record CapiLinkLayout(int walkerNumber, int snooperNumber) {}

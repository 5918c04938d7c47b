package dev.shootdown.hardware.ats;

/**
 * A device's place in the machine.
 *
 * @param numberAtIommu its number among the devices of its IOMMU, ≥ 0
 * @param numberAtMemory its number among the devices of the memory, ≥ 0
 */
public record AtsDeviceLayout(int numberAtIommu, int numberAtMemory) {}

package dev.shootdown.hardware.accelerator;

/**
 * A job of an OpenCAPI accelerator.
 *
 * @param context number of the process element that it works through (its PASID)
 * @param mm the address space that this stands for
 * @param accesses what it accesses
 */
public record CapiJob(int context, int mm, GpuJob accesses) {}

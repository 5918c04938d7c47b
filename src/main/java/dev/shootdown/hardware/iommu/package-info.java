/** The parts with silicon: the IOMMU, its IOTLB, its walkers and its invalidation queue. */
package dev.shootdown.hardware.iommu;

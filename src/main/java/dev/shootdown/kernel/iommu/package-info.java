/** The software that changes mappings: IOMMU drivers, their range rules and queues. */
package dev.shootdown.kernel.iommu;

/** The software that changes mappings: KVM's table behind an IOMMU, chained or hooked directly. */
package dev.shootdown.kernel.iommufd;

package dev.shootdown.kernel.iommufd;

/**
 * A domain's place in the machine.
 *
 * @param space the guest's number, which is the PASID of its devices
 * @param devices how many devices are attached
 */
public record KvmDomainLayout(int space, int devices) {}

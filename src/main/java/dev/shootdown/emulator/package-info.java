/** QEMU, VFIO, vhost: the software that emulates an IOMMU for a guest. */
package dev.shootdown.emulator;

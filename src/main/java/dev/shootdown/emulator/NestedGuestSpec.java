package dev.shootdown.emulator;

/**
 * A guest's IOMMU driver whose table the host's IOMMU walks itself, and the way its invalidations
 * take.
 *
 * @param queue who reads what it submits
 * @param deviceTlb whether it sends device-TLB descriptors as well
 * @param descriptorPs what the emulator takes for one descriptor, in ps; not for a direct queue
 * @param mapPs fixed part of a map, in ps
 * @param unmapPs fixed part of an unmap, in ps
 * @param ptePs changing one entry, in ps
 * @param pageAllocPs getting one page, in ps
 * @param pageFreePs giving one page back, in ps
 * @param submitPs writing the descriptors of one submission, in ps
 */
public record NestedGuestSpec(
    Queue queue, boolean deviceTlb, long descriptorPs, long mapPs, long unmapPs, long ptePs,
    long pageAllocPs, long pageFreePs, long submitPs) {
  /** Who reads the guest's command queue. */
  public enum Queue {
    /** The emulator, after an exit; it hands invalidations on to the host's kernel. */
    TRAPPED,
    /** Hardware, without an exit. */
    DIRECT
  }

  /** The driver as a {@link GuestDriver} takes it: strict, with a first-level table. */
  public GuestDriverSpec driver() {
    return new GuestDriverSpec(GuestDriverSpec.Mode.STRICT, 2, 1, deviceTlb, true, mapPs,
        unmapPs, ptePs, pageAllocPs, pageFreePs, submitPs);
  }
}

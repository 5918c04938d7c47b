package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Vcpu;
import java.util.List;

/**
 * The second stage behind the page tables of an {@link IommuLayout}, which are a guest's then.
 *
 * @param space the guest's number: whose guest pages an invalidation names, and which of
 *     {@link IommuLayout#mms} is the second stage's table
 * @param walkerNumber its walker's number at that table
 * @param firstFrame the number that guest page 0 has as a frame in the guest's own tables
 * @param hostMm the process that runs the guest, by whose pages facts name the second stage
 * @param slots the guest's memory
 */
public record Nesting(
    NestedSpec spec, int space, int walkerNumber, long firstFrame, int hostMm,
    List<Vcpu.Slot> slots) {
  /** Keeps a copy. */
  public Nesting {
    slots = List.copyOf(slots);
  }

  /** The host's page behind {@code gfn}; −1 if the guest has no such page. */
  long hostPage(long gfn) {
    for (Vcpu.Slot slot : slots) {
      if (slot.guest().contains(gfn)) {
        return slot.hostPage(gfn);
      }
    }
    return -1;
  }

  /** The host's pages behind {@code gfns}, slot by slot. */
  List<PageRange> hostOf(PageRange gfns) {
    return slots.stream().map(slot -> slot.hostOf(gfns)).filter(host -> host.pages() > 0)
        .toList();
  }
}

package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Vcpu;
import java.util.ArrayList;
import java.util.List;

/**
 * A VM's place in the machine.
 *
 * @param mm address space of the process that runs the guest
 * @param space the guest's number, by which walkers of the second-stage table name it
 * @param walkerNumber its number at the host's page table
 * @param slots guest memory, the APIC page included
 * @param apicGfn guest page of the APIC, −1 for a guest without
 * @param cacheGfns the guest pages of the gfn_to_pfn caches, by number
 */
public record KvmLayout(
    int mm, int space, int walkerNumber, List<Vcpu.Slot> slots, long apicGfn,
    List<Long> cacheGfns) {
  /** Keeps copies. */
  public KvmLayout {
    slots = List.copyOf(slots);
    cacheGfns = List.copyOf(cacheGfns);
  }

  /**
   * The host's page for {@code gfn}.
   *
   * @throws IllegalArgumentException if the guest has no such page
   */
  long hostPage(long gfn) {
    for (Vcpu.Slot slot : slots) {
      if (slot.guest().contains(gfn)) {
        return slot.hostPage(gfn);
      }
    }
    throw new IllegalArgumentException(String.format("the guest has no page 0x%x", gfn));
  }

  /** Whether the guest has {@code gfn}. */
  boolean has(long gfn) {
    return slots.stream().anyMatch(slot -> slot.guest().contains(gfn));
  }

  /** The guest pages that stand in {@code host}, slot by slot. */
  List<PageRange> guestOf(PageRange host) {
    List<PageRange> ranges = new ArrayList<>();
    for (Vcpu.Slot slot : slots) {
      PageRange guest = slot.guestOf(host);
      if (guest.pages() > 0) {
        ranges.add(guest);
      }
    }
    return ranges;
  }
}

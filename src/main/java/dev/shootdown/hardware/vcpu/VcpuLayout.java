package dev.shootdown.hardware.vcpu;

import dev.shootdown.protocol.Vcpu;
import java.util.List;

/**
 * A vCPU's place in the machine.
 *
 * @param number its number at KVM, and its walker's number at the second-stage table
 * @param mm address space of the process that runs the guest, in which facts name pages
 * @param space the guest's number at the second-stage table
 * @param slots guest memory, the APIC page included
 * @param apicGfn guest page of the APIC, −1 for a guest without
 */
public record VcpuLayout(int number, int mm, int space, List<Vcpu.Slot> slots, long apicGfn) {
  /** Added to a host page, this names the APIC-access address that stands in a register. */
  static final long REGISTER_PAGES = 1L << 44;

  /** Keeps a copy. */
  public VcpuLayout {
    slots = List.copyOf(slots);
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

  /** The page number under which facts speak of the register. */
  long registerPage() {
    return REGISTER_PAGES + hostPage(apicGfn);
  }
}

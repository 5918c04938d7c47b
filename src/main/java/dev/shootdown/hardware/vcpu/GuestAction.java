package dev.shootdown.hardware.vcpu;

/** What a guest does. */
public sealed interface GuestAction {
  /** A load or store. */
  record Touch(long gfn, boolean write) implements GuestAction {}

  /** A load from the APIC page, which the CPU knows by its address in a register. */
  record Apic() implements GuestAction {}

  /** Compute for {@code durationPs}. */
  record Spin(long durationPs) implements GuestAction {}

  /** Halt: the vCPU's thread sleeps outside the guest for {@code durationPs}. */
  record Halt(long durationPs) implements GuestAction {}

  /** A hypercall in which KVM writes guest memory through gfn_to_pfn cache {@code cache}. */
  record WriteCache(int cache) implements GuestAction {}
}

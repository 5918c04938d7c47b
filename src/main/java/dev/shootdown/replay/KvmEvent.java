package dev.shootdown.replay;

/**
 * What KVM says of its second-stage mappings, besides {@link TraceEvent.KvmUnmap}. Formats: Linux
 * 6.18 include/trace/events/kvm.h and arch/x86/kvm/trace.h, and the older forms of both.
 */
public sealed interface KvmEvent {
  /** KVM is asked, and may forget, whether a range was used; {@code endAddress} is exclusive. */
  record AgeHva(long startAddress, long endAddress) implements KvmEvent {}

  /** KVM is asked whether one page was used. */
  record TestAgeHva(long address) implements KvmEvent {}

  /** A page's entry was replaced at once; gone from kernels since 2024. */
  record SetSpteHva(long address) implements KvmEvent {}

  /**
   * A vCPU found no second-stage entry.
   *
   * @param vcpu its number, −1 in the older form, which has none
   * @param address guest-physical with two-dimensional paging
   */
  record GuestFault(int vcpu, long address, long errorCode) implements KvmEvent {}
}

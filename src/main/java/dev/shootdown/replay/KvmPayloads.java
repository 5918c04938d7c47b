package dev.shootdown.replay;

import java.util.NoSuchElementException;
import java.util.OptionalLong;

/** Payloads of KVM's events. */
final class KvmPayloads {
  private KvmPayloads() {}

  /**
   * The typed event, or null for one that the product has no use for.
   *
   * @throws NoSuchElementException when the payload lacks what the event needs
   */
  static TraceEvent event(Stamp stamp, String name, String payload, Fields fields) {
    return switch (name) {
      case "kvm_unmap_hva_range" -> {
        long[] range = range(payload);
        yield new TraceEvent.KvmUnmap(stamp, range[0], range[1]);
      }
      case "kvm_age_hva" -> {
        long[] range = range(payload);
        yield new TraceEvent.OfKvm(stamp, new KvmEvent.AgeHva(range[0], range[1]));
      }
      case "kvm_test_age_hva" ->
          new TraceEvent.OfKvm(stamp, new KvmEvent.TestAgeHva(lastAddress(payload)));
      case "kvm_set_spte_hva" ->
          new TraceEvent.OfKvm(stamp, new KvmEvent.SetSpteHva(lastAddress(payload)));
      case "kvm_page_fault" -> new TraceEvent.OfKvm(stamp, guestFault(fields));
      default -> null;
    };
  }

  /** {@code mmu notifier unmap range: 0x007f.. -- 0x007f..}. */
  private static long[] range(String payload) {
    int dashes = payload.indexOf(" -- ");
    if (dashes < 0) {
      throw new NoSuchElementException("range");
    }
    String before = payload.substring(0, dashes);
    String first = before.substring(before.lastIndexOf(' ') + 1);
    String after = payload.substring(dashes + " -- ".length()).strip();
    int end = after.indexOf(' ');
    return new long[] {address(first), address(end < 0 ? after : after.substring(0, end))};
  }

  private static long lastAddress(String payload) {
    return address(payload.substring(payload.lastIndexOf(' ') + 1));
  }

  private static long address(String word) {
    String digits = word.startsWith("0x") ? word.substring(2) : word;
    return Fields.parse(digits, true).orElseThrow();
  }

  /** {@code vcpu 0 rip 0x.. address 0x.. error_code 0x..}; older: from {@code address} on. */
  private static KvmEvent guestFault(Fields fields) {
    OptionalLong vcpu = Fields.parse(fields.wordAfter("vcpu"), false);
    return new KvmEvent.GuestFault(
        vcpu.isPresent() ? Payloads.small(vcpu) : -1,
        Fields.parse(fields.wordAfter("address"), true).orElseThrow(),
        Fields.parse(fields.wordAfter("error_code"), true).orElseThrow());
  }
}

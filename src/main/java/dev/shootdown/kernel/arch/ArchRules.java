package dev.shootdown.kernel.arch;

import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.FlushHandler;

/**
 * Both halves of an architecture's flush on one CPU.
 *
 * @param rules what the CPU does to make others forget
 * @param handler what it does when others make it forget
 */
public record ArchRules(FlushRules rules, FlushHandler handler) {
  /** The rules of {@code arch} at {@code place}. */
  public static ArchRules of(Arch arch, ArchSpec spec, Place place) {
    return switch (arch) {
      case X86 -> new ArchRules(new X86Rules(place, spec, false), x86(spec, place));
      case X86_PV -> new ArchRules(new X86Rules(place, spec, true), x86(spec, place));
      case X86_INVLPGB -> new ArchRules(new InvlpgbRules(place, spec), x86(spec, place));
      case ARM64 ->
          new ArchRules(new Arm64Rules(place, spec), new DirectFlushHandler(true, true));
      case RISCV ->
          new ArchRules(new RiscvRules(place, spec), new DirectFlushHandler(false, true));
      case POWER ->
          new ArchRules(new PowerRules(place, spec), new DirectFlushHandler(true, false));
    };
  }

  private static FlushHandler x86(ArchSpec spec, Place place) {
    return new X86FlushHandler(spec, place);
  }
}

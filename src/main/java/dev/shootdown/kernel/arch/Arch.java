package dev.shootdown.kernel.arch;

import dev.shootdown.kernel.notifier.Architecture;

/** How one CPU makes the others forget. */
public enum Arch {
  /** Interrupts, generation numbers, lazy TLB (Linux 6.12, arch/x86/mm/tlb.c). */
  X86,
  /**
   * The same in a KVM guest: vCPUs that don't run are flagged and flush when they run again,
   * instead of being waited for (KVM_FEATURE_PV_TLB_FLUSH; arch/x86/kernel/kvm.c).
   */
  X86_PV,
  /**
   * AMD with INVLPGB and TLBSYNC: address spaces on more than a few CPUs get a global identifier
   * and are flushed by broadcast (Linux 6.15; R. van Riel, 2024-12 to 2025-02).
   */
  X86_INVLPGB,
  /** TLBI by broadcast and DSB (Linux 6.12, arch/arm64/include/asm/tlbflush.h). */
  ARM64,
  /** The firmware fences the others on request, by interrupt (arch/riscv/mm/tlbflush.c). */
  RISCV,
  /** Radix with global tlbie (arch/powerpc/mm/book3s64/radix_tlb.c). */
  POWER;

  /** Whose paths and placements the kernel follows. */
  public Architecture architecture() {
    return switch (this) {
      case X86, X86_PV, X86_INVLPGB -> Architecture.X86;
      case ARM64 -> Architecture.ARM64;
      case RISCV -> Architecture.RISCV;
      case POWER -> Architecture.POWER;
    };
  }

  /** Whether its CPUs need an interconnect that propagates invalidations. */
  public boolean isBroadcast() {
    return this == X86_INVLPGB || this == ARM64 || this == POWER;
  }
}

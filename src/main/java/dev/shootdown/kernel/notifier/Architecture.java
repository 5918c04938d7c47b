package dev.shootdown.kernel.notifier;

import java.util.Locale;

/** Whose page-table and flush rules the kernel follows. */
public enum Architecture {
  /** Interrupts to every CPU that has the address space loaded. */
  X86,
  /** A broadcast that hardware propagates, and a wait for it. */
  ARM64,
  /** Fences that firmware or interrupts carry to other harts. */
  RISCV,
  /** Power's radix tables. */
  POWER;

  /** As it is written in a path or a scenario. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.shootdown.kernel.notifier;

/** Which kernel it is: where it flushes secondary TLBs, and on which architecture. */
public record Placement(Era era, Architecture architecture, Policy policy) {
  /** x86 in {@code era}, the path's own steps deciding. */
  public static Placement of(Era era) {
    return new Placement(era, Architecture.X86, Policy.ERA);
  }

  /**
   * Refuses a policy that the era lacks.
   *
   * @throws IllegalArgumentException naming the reason
   */
  public Placement {
    policy.reasonAgainst(era).ifPresent(
        reason -> {
          throw new IllegalArgumentException(
              "policy '" + policy.name() + "' has no place in era " + era + ": " + reason);
        });
  }
}

package dev.shootdown.check;

import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells of a CPU whose interrupts were off for longer than Linux's watchdogs stand: what it was
 * doing, and what took the time. Like {@link Witness} it fits a mail.
 */
public final class LockupWitness {
  private static final long MS_PS = 1_000_000_000L;

  private LockupWitness() {}

  /**
   * The witness as text, each line with a line feed.
   *
   * @param row the operation that the CPU carried out, if it is known
   */
  public static String of(
      CostReport.InterruptsOff off, Optional<LedgerRow> row, String reproduce) {
    List<String> lines =
        new ArrayList<>(
            Texts.wrap("lockup: " + Texts.plain(summary(off)), Chart.WIDTH, "         "));
    row.ifPresent(
        operation -> {
          lines.add("");
          lines.addAll(chart(off, operation));
        });
    lines.add("");
    row.ifPresent(operation -> lines.add("most:    " + most(operation)));
    lines.add("again:");
    lines.addAll(Texts.command(reproduce, Chart.WIDTH));
    return String.join("\n", lines) + "\n";
  }

  /** One line for a person. */
  public static String summary(CostReport.InterruptsOff off) {
    return off.cpu() + " had interrupts off for " + off.longestPs() / MS_PS + " ms"
        + (off.path().isEmpty() ? "" : " in " + off.path()) + ", where Linux reports "
        + (off.lockup() == CostReport.Lockup.HARD ? "a hard lockup" : "a hard and a soft lockup");
  }

  private static List<String> chart(CostReport.InterruptsOff off, LedgerRow row) {
    String cpu = Texts.plain(off.cpu());
    List<Chart.Step> steps = new ArrayList<>();
    steps.add(new Chart.Step(row.beganPs(), cpu, "begins " + Texts.plain(row.kind())));
    steps.add(
        new Chart.Step(
            row.beganPs() + row.elapsedPs(), cpu,
            (row.isFinished() ? "ends it" : "is in it still") + ", INTERRUPTS OFF FOR "
                + off.longestPs() / MS_PS + " ms OF IT"));
    return new Chart(List.of(cpu), steps).lines();
  }

  /** The account that took most of the operation's time. */
  private static String most(LedgerRow row) {
    Account most = Account.SOFTWARE;
    for (Account account : Account.values()) {
      most = row.accountPs(account) > row.accountPs(most) ? account : most;
    }
    return Texts.ns(row.accountPs(most)) + " of " + Texts.ns(row.elapsedPs()) + " ns were "
        + most.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

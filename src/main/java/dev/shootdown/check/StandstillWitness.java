package dev.shootdown.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells what stands still: what was shown and no more, a chart of one cycle if there is one, and
 * the command that shows it again. Like {@link Witness} it fits a mail.
 */
public final class StandstillWitness {
  private static final int COLUMNS = 4;

  private StandstillWitness() {}

  /** The witness as text, each line with a line feed. */
  public static String of(Standstill still, String reproduce) {
    List<String> lines = new ArrayList<>();
    say(lines, Verdict.NO_PROGRESS.text() + ": " + Texts.plain(still.summary()));
    if (!still.cycle().isEmpty()) {
      lines.add("");
      lines.addAll(chart(still));
    }
    lines.add("");
    say(lines, "wanted:  " + wanted(still.wanted()));
    if (still.wanted() instanceof Standstill.Request) {
      say(lines, "tried:   again " + still.retries() + " times");
    }
    say(lines, "shown:   " + shown(still));
    lines.add("again:");
    lines.addAll(Texts.command(reproduce, Chart.WIDTH));
    return String.join("\n", lines) + "\n";
  }

  private static String wanted(Standstill.Wanted wanted) {
    if (wanted instanceof Standstill.Request request) {
      return String.format(
          "%s, mm %d, address 0x%x, for %s, since %s ns",
          Texts.plain(request.component()), request.mm(), request.page() << 12,
          request.write() ? "writing" : "reading", Texts.ns(request.raisedPs()));
    }
    if (wanted instanceof Standstill.Work work) {
      return Texts.plain(work.component()) + ", the end of its work"
          + (work.mm() < 0 ? "" : ", mm " + work.mm()) + ", last heard of at "
          + Texts.ns(work.sincePs()) + " ns";
    }
    if (wanted instanceof Standstill.Dma dma) {
      return Texts.plain(dma.component()) + ", the end of " + dma.what()
          + (dma.mm() < 0 ? "" : String.format(
              ", mm %d, address 0x%x", dma.mm(), dma.page() << 12));
    }
    Standstill.Operation operation = (Standstill.Operation) wanted;
    return Texts.plain(operation.component()) + ", the end of operation " + operation.number()
        + " (" + Texts.plain(operation.kind()) + "), mm " + operation.mm() + ", of "
        + operation.range() + ", since " + Texts.ns(operation.beganPs()) + " ns";
  }

  private static String shown(Standstill still) {
    return switch (still.shown()) {
      case LASSO ->
          "after the last cycle the whole machine, its dice and what is on its way included, is"
              + " what it was before it, but for the time and for numbers that only name or tell;"
              + " so it goes on like that for ever. " + facts(still, "run");
      case REPEATED_UNTIL_GIVEN_UP -> facts(still, "request");
      case RETRY_BUDGET ->
          "more retries than the budget allows; with more time it might be served"
              + (still.cycle().isEmpty() ? "" : "; the chart has the last of each kind of step");
      case NOTHING_LEFT -> "the machine has no event left, so nobody will ever "
          + missing(still.wanted());
    };
  }

  private static String missing(Standstill.Wanted wanted) {
    if (wanted instanceof Standstill.Request) {
      return "serve it";
    }
    if (wanted instanceof Standstill.Work) {
      return "open its gate, join its barrier, or answer it";
    }
    return wanted instanceof Standstill.Dma ? "answer it" : "end it";
  }

  private static String facts(Standstill still, String until) {
    return "All facts of the machine are the same in " + still.times()
        + " cycles on end, up to the end of the " + until + ", with times counted from a cycle's"
        + " beginning and growing numbers named by their last mention; the chart is one cycle, of"
        + " which other pages and repetitions are left out";
  }

  private static List<String> chart(Standstill still) {
    String own = Texts.plain(still.wanted().component());
    Set<String> others = new LinkedHashSet<>();
    List<Chart.Step> steps = new ArrayList<>();
    boolean ownFirst = !(still.wanted() instanceof Standstill.Request);
    for (Standstill.Step step : still.cycle()) {
      String column = Texts.plain(step.component());
      steps.add(new Chart.Step(step.atPs(), column, Texts.plain(step.text())));
      if (!column.equals(own)) {
        others.add(column);
      }
    }
    List<String> columns = new ArrayList<>(others);
    columns.sort(Comparator.comparingInt(column -> place(column, ownFirst)));
    columns.add(ownFirst ? 0 : columns.size(), own);
    return Chart.folded(columns, COLUMNS, steps).lines();
  }

  /** CPUs come first, and devices last: of an operation those are among the others. */
  static int place(String column, boolean isOperation) {
    if (column.startsWith("cpu")) {
      return 0;
    }
    boolean isIommu = column.startsWith("iommu") || column.startsWith("smmu");
    return isIommu == isOperation ? 1 : 2;
  }

  private static void say(List<String> lines, String text) {
    lines.addAll(Texts.wrap(text, Chart.WIDTH, "         "));
  }
}

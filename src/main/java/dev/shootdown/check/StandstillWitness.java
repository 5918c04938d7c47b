package dev.shootdown.check;

import java.util.ArrayList;
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
    Standstill.Request request = still.request();
    say(lines, String.format(
        "wanted:  %s, mm %d, address 0x%x, for %s, since %s ns",
        Texts.plain(request.component()), request.mm(), request.page() << 12,
        request.write() ? "writing" : "reading", Texts.ns(request.raisedPs())));
    say(lines, "tried:   again " + still.retries() + " times");
    say(lines, "shown:   " + shown(still));
    lines.add("again:");
    lines.addAll(Texts.command(reproduce, Chart.WIDTH));
    return String.join("\n", lines) + "\n";
  }

  private static String shown(Standstill still) {
    return switch (still.shown()) {
      case LASSO, LASSO_UNTIL_GIVEN_UP ->
          "all facts of the machine are the same in " + still.times()
              + " cycles on end, up to the end of the "
              + (still.shown() == Standstill.Shown.LASSO ? "run" : "request")
              + ", with times counted from a cycle's"
              + " beginning and growing numbers named by their last mention; the chart is one"
              + " cycle, of which other pages and repetitions are left out";
      case RETRY_BUDGET ->
          "more retries than the budget allows; with more time it might be served";
      case NOTHING_LEFT -> "the machine has no event left, so nobody will ever serve it";
    };
  }

  private static List<String> chart(Standstill still) {
    String own = Texts.plain(still.request().component());
    Set<String> others = new LinkedHashSet<>();
    List<Chart.Step> steps = new ArrayList<>();
    for (Standstill.Step step : still.cycle()) {
      String column = Texts.plain(step.component());
      steps.add(new Chart.Step(step.atPs(), column, Texts.plain(step.text())));
      if (!column.equals(own)) {
        others.add(column);
      }
    }
    List<String> columns = new ArrayList<>(others);
    columns.add(own);
    return Chart.folded(columns, COLUMNS, steps).lines();
  }

  private static void say(List<String> lines, String text) {
    lines.addAll(Texts.wrap(text, Chart.WIDTH, "         "));
  }
}

package dev.shootdown.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells one cell in words: what came of it, over how many schedules, its cost and its witness. */
public final class CellTelling {
  private static final double PS_PER_US = 1e6;

  private CellTelling() {}

  /** How many schedules, of which kinds. */
  static String schedules(CellResult.Tried tried) {
    if (tried.schedules() == 0) {
      return "no schedule";
    }
    String every = tried.everyMessage() && tried.late() > 0 ? ", each message of the list" : "";
    return tried.schedules() + (tried.schedules() == 1 ? " schedule" : " schedules") + ": 1 plain, "
        + tried.late() + " with one late message" + every + ", " + tried.drawn() + " drawn";
  }

  /** What it cost, in a line each. */
  static List<String> cost(Matrix.Cell cell) {
    Cost cost = cell.result().cost();
    List<String> lines = new ArrayList<>();
    if (cost.operations() == 0) {
      return lines;
    }
    String formula =
        Matrix.formula(cell).map(wanted -> " (formula: " + wanted + ")").orElse("");
    lines.add(
        String.format(
            Locale.ROOT, "secondary requests per operation  %.2f%s",
            cost.requestsPerOperation(), formula));
    if (cost.flush().count() > 0) {
      lines.add(
          String.format(
              Locale.ROOT, "flush latency                     median %.3f us, p99 %.3f us",
              cost.flush().p50Ps() / PS_PER_US, cost.flush().p99Ps() / PS_PER_US));
      lines.add(
          String.format(
              Locale.ROOT, "widened / requested               %.2f; %d requests to all pages",
              cost.enlargement(), cost.width().toAll()));
    }
    lines.add(
        String.format(
            Locale.ROOT, "waiting under a table lock        %.3f us a schedule",
            cost.held().underTablesPs() / PS_PER_US));
    lines.add(
        String.format(
            Locale.ROOT, "longest interrupts-off stretch    %.3f us",
            cost.held().interruptsOffPs() / PS_PER_US));
    lines.add(
        String.format(
            Locale.ROOT, "stolen from other CPUs            %.3f us an operation",
            cost.held().stolenPs() / PS_PER_US));
    return lines;
  }

  /** All of it, each line with a line feed. */
  public static String of(Matrix.Cell cell) {
    CellResult result = cell.result();
    StringBuilder text = new StringBuilder();
    text.append(result.name().text()).append(": ").append(cell.judged().text()).append('\n');
    text.append("site     ").append(cell.row().heading().site()).append(", ")
        .append(cell.row().heading().title()).append('\n');
    text.append("kernel   ").append(cell.column().title()).append('\n');
    text.append("consumer ").append(cell.consumer().heading().title()).append('\n');
    if (!cell.because().isEmpty()) {
      text.append("because  ").append(cell.because()).append('\n');
    }
    if (result.tried().schedules() > 0) {
      text.append("tried    ").append(schedules(result.tried())).append('\n');
    }
    result.shown().ifPresent(
        shown ->
            text.append("shown    by schedule ").append(shown.schedule()).append(": ")
                .append(shown.how()).append('\n'));
    List<String> cost = cost(cell);
    if (!cost.isEmpty()) {
      text.append('\n');
      cost.forEach(line -> text.append(line).append('\n'));
    }
    result.shown().filter(shown -> !shown.witness().isEmpty()).ifPresent(
        shown -> text.append('\n').append(shown.witness()));
    return text.toString();
  }
}

package dev.shootdown.replay;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A replay as one page without scripts or other files: both tables, and the remarks. */
public final class ReplayHtml {
  private static final double NS_PER_US = 1e3;
  private static final double PS_PER_MS = 1e9;
  private static final String STYLE =
      "body{font:14px sans-serif;max-width:70em;margin:2em auto}table{border-collapse:collapse}"
          + "th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #ccc}"
          + "th:first-child,td:first-child{text-align:left}td.bar{text-align:left;width:16em}"
          + "td.bar div{height:.9em;background:#4477aa}";

  private final StringBuilder html = new StringBuilder();

  private ReplayHtml() {}

  /** The page. */
  public static String of(ReplayOutcome outcome) {
    ReplayHtml page = new ReplayHtml();
    page.html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .append(escaped(outcome.trace())).append("</title><style>").append(STYLE)
        .append("</style></head><body>\n<h1>Replay of ").append(escaped(outcome.trace()))
        .append("</h1>\n");
    page.bills(outcome);
    page.rows(outcome.comparison());
    page.remarks(outcome.comparison());
    return page.html.append("</body></html>\n").toString();
  }

  private void bills(ReplayOutcome outcome) {
    long most = outcome.comparison().simulated().bill().flushPs();
    for (ReplayOutcome.Other other : outcome.others()) {
      most = Math.max(most, other.simulated().bill().flushPs());
    }
    html.append("<h2>This workload would have spent</h2>\n");
    head("configuration", "on flushes, ms", "", "of operations, ms", "stolen from others, ms",
        "flush IPIs", "secondary flushes", "judges");
    bill(outcome.machine(), outcome.comparison().simulated(), most);
    for (ReplayOutcome.Other other : outcome.others()) {
      bill(other.whatIf().label(), other.simulated(), most);
    }
    html.append("</table>\n");
  }

  private void bill(String label, Comparison.Simulated simulated, long mostPs) {
    Bill bill = simulated.bill();
    long share = mostPs == 0 ? 0 : Math.round(100.0 * bill.flushPs() / mostPs);
    html.append("<tr><td>").append(escaped(label)).append("</td>");
    cell(number(bill.flushPs() / PS_PER_MS));
    html.append("<td class=\"bar\"><div style=\"width:").append(share).append("%\"></div></td>");
    cell(number(bill.elapsedPs() / PS_PER_MS));
    cell(number(bill.stolenPs() / PS_PER_MS));
    cell(String.valueOf(bill.ipis()));
    cell(String.valueOf(bill.secondaryFlushes()));
    cell(simulated.verdict());
    html.append("</tr>\n");
  }

  private void rows(Comparison comparison) {
    html.append("<h2>Recorded beside simulated</h2>\n");
    head("operation", "pages", "n", "recorded p50, us", "simulated p50, us", "recorded flushes",
        "simulated flushes", "recorded IPIs", "simulated IPIs");
    for (Comparison.Row row : comparison.rows()) {
      html.append("<tr><td>").append(escaped(row.operation())).append("</td>");
      cell(row.pages() == 0 ? "all" : String.valueOf(row.pages()));
      cell(String.valueOf(row.count()));
      cell(median(row.recorded().ns()));
      cell(median(row.simulated().ns()));
      cell(String.valueOf(row.recorded().flushes()));
      cell(String.valueOf(row.simulated().flushes()));
      cell(String.valueOf(row.recorded().ipis()));
      cell(String.valueOf(row.simulated().ipis()));
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  private void remarks(Comparison comparison) {
    html.append("<h2>Notes</h2>\n<ul>\n");
    comparison.remarks().forEach(
        remark -> html.append("<li>").append(escaped(remark)).append("</li>\n"));
    html.append("<li>The replay is an open loop: causes start at their recorded times, so a"
        + " simulated delay does not delay what came after it in the recording. What is refilled"
        + " later, and what a device would have done with its translations, is not in these"
        + " figures.</li>\n</ul>\n");
  }

  private void head(String... names) {
    html.append("<table><tr>");
    List.of(names).forEach(name -> html.append("<th>").append(name).append("</th>"));
    html.append("</tr>\n");
  }

  private void cell(String text) {
    html.append("<td>").append(escaped(text)).append("</td>");
  }

  private static String median(Optional<Percentiles> ns) {
    return ns.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f", ns.get().p50() / NS_PER_US);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

package dev.shootdown.report;

import dev.shootdown.check.Exposure;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.trace.Account;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tables for the terminal: plain text, aligned, at most 100 columns wide. */
public final class Tables {
  private static final int WIDTH = 100;
  private static final int KINDS_SIDE_BY_SIDE = 4;

  private Tables() {}

  /**
   * Columns under a header: the first to the left, the others to the right. Too wide a first column
   * is cut, with {@code ..} at its end.
   *
   * @throws IllegalArgumentException if a row has more or fewer cells than the header
   */
  public static String aligned(List<String> header, List<List<String>> rows) {
    int[] widths = new int[header.size()];
    List<List<String>> all = new ArrayList<>();
    all.add(header);
    all.addAll(rows);
    for (List<String> row : all) {
      if (row.size() != widths.length) {
        throw new IllegalArgumentException("a row of " + row.size() + ", not " + widths.length);
      }
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    int total = 2 * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    if (total > WIDTH) {
      widths[0] = Math.max(4, widths[0] - (total - WIDTH));
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder(left(row.get(0), widths[0]));
      for (int i = 1; i < widths.length; i++) {
        String cell = row.get(i);
        line.append("  ").append(" ".repeat(widths[i] - cell.length())).append(cell);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /**
   * Operations by kind: how many, how long (µs), what they cost others (µs, interrupts and
   * secondary flushes each), pages flushed per page asked for, and how many were widened to the
   * whole address space (these are left out of the ratio); then where their time went, in percent.
   * Empty if none has finished.
   */
  public static String ledger(List<LedgerRow> rows) {
    List<KindSummary> kinds = KindSummary.of(rows);
    if (kinds.isEmpty()) {
      return "";
    }
    List<List<String>> lines = new ArrayList<>();
    for (KindSummary kind : kinds) {
      lines.add(
          List.of(
              kind.kind(),
              Integer.toString(kind.count()),
              Duration.us(kind.at(50).elapsedPs()),
              Duration.us(kind.at(99).elapsedPs()),
              Duration.us(kind.stolenPs() / kind.count()),
              ratio(kind.ipis(), kind.count(), 2),
              ratio(kind.secondaryFlushes(), kind.count(), 2),
              ratio(kind.flushedPages(), kind.requestedPages(), 2),
              Long.toString(kind.widenedToAll())));
    }
    StringBuilder out = new StringBuilder();
    out.append(
        aligned(
            List.of("operation", "n", "p50 us", "p99 us", "stolen us", "ipis/op",
                "secondary/op", "widened", "to all"),
            lines));
    for (int from = 0; from < kinds.size(); from += KINDS_SIDE_BY_SIDE) {
      int to = Math.min(kinds.size(), from + KINDS_SIDE_BY_SIDE);
      out.append('\n').append(shares(kinds.subList(from, to)));
    }
    return out.toString();
  }

  /** How long stale entries stayed cached, by kind of holder. Empty if there were none. */
  public static String exposures(List<Exposure> exposures) {
    if (exposures.isEmpty()) {
      return "";
    }
    List<List<String>> lines = new ArrayList<>();
    for (Exposure exposure : exposures) {
      lines.add(
          List.of(
              lower(exposure.kind()),
              Long.toString(exposure.windows()),
              Duration.us(exposure.p50Ns() * 1000),
              Duration.us(exposure.p99Ns() * 1000),
              Duration.us(exposure.maxPs()),
              Long.toString(exposure.open())));
    }
    return aligned(
        List.of("stale entries", "n", "p50 us", "p99 us", "max us", "open at end"), lines);
  }

  /** Trouble that was put into the run, and how often it struck. Empty if there was none. */
  public static String trouble(Stats stats) {
    List<List<String>> lines = new ArrayList<>();
    for (Injected.Row row : stats.injected().rows()) {
      lines.add(List.of(row.name(), row.where(), Long.toString(row.struck())));
    }
    return lines.isEmpty()
        ? "" : aligned(List.of("injected trouble", "where", "struck"), lines);
  }

  /** The same as {@link #trouble}, as a tree for JSON: name, where, struck. */
  public static List<Object> troubleTree(Stats stats) {
    return Trees.trouble(stats);
  }

  /** What a reviewer can quote: verdict, run, seed, expectation, and what was found first. */
  public static String verdictLine(RunRecord record) {
    StringBuilder line = new StringBuilder(record.verdict().text());
    line.append("  ").append(record.identity().id());
    if (!record.identity().variant().isEmpty()) {
      line.append(':').append(record.identity().variant());
    }
    line.append("  seed ").append(record.identity().seed());
    record
        .texts()
        .expected()
        .ifPresent(
            expected ->
                line.append("  expected ").append(expected.text())
                    .append(record.isAsExpected() ? " (met)" : " (not met)"));
    long count = record.judgement().findings().size() + record.judgement().unlisted();
    if (count > 0) {
      line.append("  ").append(count).append(count == 1 ? " finding" : " findings, the first")
          .append(" at ").append(Duration.text(record.judgement().findings().get(0).atPs()));
    }
    record
        .outcome()
        .failure()
        .ifPresent(failure -> line.append("  FAILED: ").append(failure.line()));
    if (!record.judgement().isLedgerClosed()) {
      line.append("  LEDGER OPEN: ").append(record.judgement().gaps().get(0).line());
    }
    return line.toString();
  }

  private static String shares(List<KindSummary> kinds) {
    List<String> header = new ArrayList<>();
    header.add("share of time, %");
    kinds.forEach(kind -> header.add(left(kind.kind(), Math.min(18, kind.kind().length()))));
    List<List<String>> lines = new ArrayList<>();
    for (Account account : Account.values()) {
      if (kinds.stream().anyMatch(kind -> kind.accountPs(account) > 0)) {
        List<String> line = new ArrayList<>();
        line.add(lower(account));
        for (KindSummary kind : kinds) {
          line.add(percent(kind.accountPs(account), kind.elapsedPs()));
        }
        lines.add(line);
      }
    }
    return lines.isEmpty() ? "" : aligned(header, lines);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String percent(long part, long whole) {
    return part == 0 ? "-" : ratio(Math.multiplyExact(part, 100L), whole, 1);
  }

  private static String ratio(long part, long whole, int digits) {
    if (whole == 0) {
      return "-";
    }
    return BigDecimal.valueOf(part)
        .divide(BigDecimal.valueOf(whole), digits, RoundingMode.HALF_UP)
        .toPlainString();
  }

  private static String left(String text, int width) {
    if (text.length() > width) {
      return text.substring(0, width - 2) + "..";
    }
    return text + " ".repeat(width - text.length());
  }
}

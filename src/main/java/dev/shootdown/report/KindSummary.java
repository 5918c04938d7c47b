package dev.shootdown.report;

import dev.shootdown.address.PageRange;
import dev.shootdown.check.LedgerRow;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The finished operations of one kind, summed up. Percentiles are values that occurred. */
public final class KindSummary {
  private final String kind;
  private final List<LedgerRow> rows;

  private KindSummary(String kind, List<LedgerRow> rows) {
    this.kind = kind;
    this.rows = new ArrayList<>(rows);
    this.rows.sort(
        Comparator.comparingLong(LedgerRow::elapsedPs).thenComparingLong(LedgerRow::operation));
  }

  /** One per kind that has a finished operation, by name. */
  public static List<KindSummary> of(List<LedgerRow> rows) {
    SortedMap<String, List<LedgerRow>> byKind = new TreeMap<>();
    for (LedgerRow row : rows) {
      if (row.isFinished()) {
        byKind.computeIfAbsent(row.kind(), kind -> new ArrayList<>()).add(row);
      }
    }
    List<KindSummary> summaries = new ArrayList<>();
    byKind.forEach((kind, ofKind) -> summaries.add(new KindSummary(kind, ofKind)));
    return summaries;
  }

  /** The operations' kind. */
  public String kind() {
    return kind;
  }

  /** How many there are, ≥ 1. */
  public int count() {
    return rows.size();
  }

  /** The operation at that percentile of elapsed time, by nearest rank; percent is 1 to 100. */
  public LedgerRow at(int percent) {
    return rows.get((int) Math.floorDiv((long) percent * rows.size() + 99, 100L) - 1);
  }

  /** All elapsed time, in ps. */
  public long elapsedPs() {
    return rows.stream().mapToLong(LedgerRow::elapsedPs).sum();
  }

  /** All time booked to {@code account}, in ps. */
  public long accountPs(Account account) {
    return rows.stream().mapToLong(row -> row.accountPs(account)).sum();
  }

  /** All time stolen from other CPUs, in ps. */
  public long stolenPs() {
    return rows.stream().mapToLong(LedgerRow::stolenPs).sum();
  }

  /** All interrupts. */
  public long ipis() {
    return rows.stream().mapToLong(LedgerRow::ipis).sum();
  }

  /** All flushes of IOTLBs and ATCs. */
  public long secondaryFlushes() {
    return rows.stream().mapToLong(LedgerRow::secondaryFlushes).sum();
  }

  /** Operations that flushed the whole address space though they had not asked for it. */
  public long widenedToAll() {
    return rows.stream()
        .filter(row -> row.flushedPages() == PageRange.ALL_PAGES)
        .filter(row -> row.requestedPages() < PageRange.ALL_PAGES)
        .count();
  }

  /** Operations that flushed the whole address space, asked for or not. */
  public long flushedAll() {
    return rows.stream().filter(row -> row.flushedPages() == PageRange.ALL_PAGES).count();
  }

  /** Pages asked for, of operations that did not flush everything. */
  public long requestedPages() {
    return bounded().mapToLong(LedgerRow::requestedPages).sum();
  }

  /** Pages flushed, of operations that did not flush everything. */
  public long flushedPages() {
    return bounded().mapToLong(LedgerRow::flushedPages).sum();
  }

  private Stream<LedgerRow> bounded() {
    return rows.stream().filter(row -> row.flushedPages() < PageRange.ALL_PAGES);
  }
}

package dev.shootdown.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The finished operations of one kind, as {@code ledger.csv} has them. */
final class OperationKind {
  /**
   * One operation.
   *
   * @param number the operation's number, by which it is found in other files
   */
  record Operation(long number, String cpu, long elapsedPs) {}

  private static final String SUFFIX = "_ps";
  private static final List<String> NO_ACCOUNTS = List.of("began_ps", "elapsed_ps", "stolen_ps");

  private final String kind;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, Long> accountsPs = new TreeMap<>();
  private final Map<String, Long> totals = new TreeMap<>();

  private OperationKind(String kind) {
    this.kind = kind;
  }

  /** Accounts in the order of the file, without the ending that tells the unit. */
  static List<String> accounts(CsvTable ledger) {
    return ledger.header().stream()
        .filter(column -> column.endsWith(SUFFIX) && !NO_ACCOUNTS.contains(column))
        .map(column -> column.substring(0, column.length() - SUFFIX.length()))
        .toList();
  }

  /** One per kind that has a finished operation, by name. */
  static List<OperationKind> of(CsvTable ledger) {
    SortedMap<String, OperationKind> kinds = new TreeMap<>();
    List<String> accounts = accounts(ledger);
    for (CsvTable.Row row : ledger.rows()) {
      OptionalLong elapsedPs = row.optional("elapsed_ps");
      if (elapsedPs.isPresent()) {
        OperationKind kind = kinds.computeIfAbsent(row.text("kind"), OperationKind::new);
        kind.operations.add(
            new Operation(row.number("operation"), row.text("cpu"), elapsedPs.getAsLong()));
        for (String account : accounts) {
          kind.accountsPs.merge(account, row.number(account + SUFFIX), Long::sum);
        }
        for (String total : List.of("stolen_ps", "ipis", "secondary_flushes")) {
          kind.totals.merge(total, row.number(total), Long::sum);
        }
      }
    }
    for (OperationKind kind : kinds.values()) {
      kind.operations.sort(
          Comparator.comparingLong(Operation::elapsedPs).thenComparingLong(Operation::number));
    }
    return List.copyOf(kinds.values());
  }

  String kind() {
    return kind;
  }

  int count() {
    return operations.size();
  }

  /** From the fastest to the slowest. */
  List<Operation> operations() {
    return operations;
  }

  /** The operation at that many thousandths of the way to the slowest, by nearest rank. */
  Operation at(int permille) {
    return operations.get(
        Math.max(0, (int) Math.floorDiv((long) permille * count() + 999, 1000L) - 1));
  }

  long elapsedPs() {
    return operations.stream().mapToLong(Operation::elapsedPs).sum();
  }

  long accountPs(String account) {
    return accountsPs.getOrDefault(account, 0L);
  }

  /** Sum of a column: {@code stolen_ps}, {@code ipis}, {@code secondary_flushes}. */
  long total(String column) {
    return totals.getOrDefault(column, 0L);
  }
}

package dev.shootdown.report;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The trouble that an experimenter put into a run, and how often each struck: one that never did is
 * told too, since then the experiment was none.
 *
 * <p>A strike is a message on a wire, or one thing that a part began in its window.
 */
final class Injected {
  /**
   * One trouble.
   *
   * @param name what the scenario calls it
   * @param where a wire, {@code iommu0 -> nic0}, or a part
   * @param struck how often it struck
   */
  record Row(String name, String where, long struck) {}

  private record Declared(String name, String component, String where) {}

  private final List<Declared> declared = new ArrayList<>();
  private final SortedMap<String, long[]> strikes = new TreeMap<>();

  /** Two of one name and place are one row, since no fact tells them apart. */
  void declare(String name, String component, String where) {
    Declared one = new Declared(name, component, where);
    if (!declared.contains(one)) {
      declared.add(one);
    }
  }

  void seen(String component, MachineFact.TroubleStruck fact) {
    strikes.computeIfAbsent(key(fact.name(), component), first -> new long[1])[0]++;
  }

  /** In the order in which the scenario names them. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Declared one : declared) {
      long[] struck = strikes.getOrDefault(key(one.name(), one.component()), new long[1]);
      rows.add(new Row(one.name(), one.where(), struck[0]));
    }
    return rows;
  }

  private static String key(String name, String component) {
    return component + ' ' + name;
  }
}

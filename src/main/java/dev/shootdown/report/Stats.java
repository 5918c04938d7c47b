package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Measures a run while it goes on: counts facts by component and kind, how full queues and locks
 * were, how long stale entries stayed, how often things were tried again; and holds whatever other
 * figures a caller has.
 */
public final class Stats implements Observer {
  private final SortedMap<String, SortedMap<String, Long>> byComponent = new TreeMap<>();
  private final Map<String, Map<Class<?>, long[]>> seen = new HashMap<>();
  private final Stations stations = new Stations();
  private final StaleWindows windows = new StaleWindows();
  private final Retries retries = new Retries();
  private final Waits waits = new Waits();
  private final Injected injected = new Injected();

  @Override
  public void seen(long atPs, String component, Fact fact) {
    seen.computeIfAbsent(component, name -> new HashMap<>())
        .computeIfAbsent(fact.getClass(), type -> new long[1])[0]++;
    stations.seen(atPs, component, fact);
    windows.seen(atPs, component, fact);
    retries.seen(atPs, component, fact);
    waits.seen(atPs, component, fact);
    if (fact instanceof MachineFact.TroubleStruck struck) {
      injected.seen(component, struck);
    }
  }

  /**
   * Names a trouble that was put into the run.
   *
   * @param name as its facts name it
   * @param component who states that it struck: a wire's sender, or the part
   * @param where a wire, {@code iommu0 -> nic0}, or a part
   */
  public void inject(String name, String component, String where) {
    injected.declare(name, component, where);
  }

  /** Sets a figure; the unit belongs into the metric's name. */
  public void put(String component, String metric, long value) {
    metrics(component).put(metric, value);
  }

  /** Figures by component and metric; a view. */
  public SortedMap<String, SortedMap<String, Long>> byComponent() {
    seen.forEach(
        (component, counts) ->
            counts.forEach((type, count) -> add(component, metric(type), count)));
    seen.clear();
    return Collections.unmodifiableSortedMap(byComponent);
  }

  Stations stations() {
    return stations;
  }

  StaleWindows windows() {
    return windows;
  }

  Injected injected() {
    return injected;
  }

  Retries retries() {
    return retries;
  }

  /** How long faults waited, in a run that ended then. */
  Waits waits(long endPs) {
    waits.over(endPs);
    return waits;
  }

  private void add(String component, String metric, long[] count) {
    metrics(component).merge(metric, count[0], Long::sum);
  }

  private SortedMap<String, Long> metrics(String component) {
    return byComponent.computeIfAbsent(component, name -> new TreeMap<>());
  }

  /** {@code InvalidationSent} becomes {@code invalidation_sent_count}. */
  private static String metric(Class<?> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT)
        + "_count";
  }
}

package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts facts by component and kind, and holds whatever other figures a caller has. */
public final class Stats implements Observer {
  private final SortedMap<String, SortedMap<String, Long>> byComponent = new TreeMap<>();
  private final Map<Class<?>, String> names = new LinkedHashMap<>();

  @Override
  public void seen(long atPs, String component, Fact fact) {
    String metric = names.computeIfAbsent(fact.getClass(), Stats::metric);
    metrics(component).merge(metric, 1L, Long::sum);
  }

  /** Sets a figure; the unit belongs into the metric's name. */
  public void put(String component, String metric, long value) {
    metrics(component).put(metric, value);
  }

  /** Figures by component and metric; a view. */
  public SortedMap<String, SortedMap<String, Long>> byComponent() {
    return Collections.unmodifiableSortedMap(byComponent);
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

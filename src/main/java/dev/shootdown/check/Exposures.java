package dev.shootdown.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Collects how long stale entries stayed cached, per holder. */
final class Exposures {
  private static final class Windows {
    private final Histogram ns = new Histogram(3);
    private long maxPs;
    private long open;

    private Windows() {
      ns.setAutoResize(true);
    }

    private void add(Windows other) {
      ns.add(other.ns);
      maxPs = Math.max(maxPs, other.maxPs);
      open += other.open;
    }
  }

  private final Map<Agent, Windows> byHolder = new LinkedHashMap<>();

  /** {@code holding} goes away at {@code atPs}. A change that is still to come exposed nobody. */
  void closed(Holding holding, long atPs) {
    if (holding.staleBy() == null || atPs < holding.staleSincePs()) {
      return;
    }
    long windowPs = atPs - holding.staleSincePs();
    Windows windows = byHolder.computeIfAbsent(holding.holder, holder -> new Windows());
    windows.ns.recordValue(windowPs / 1000);
    windows.maxPs = Math.max(windows.maxPs, windowPs);
  }

  /** The figures by kind; what {@code held} still has is counted as open. */
  List<Exposure> by(Holdings held) {
    Map<ComponentKind, Windows> byKind = new EnumMap<>(ComponentKind.class);
    byHolder.forEach(
        (holder, windows) ->
            byKind.computeIfAbsent(holder.kind(), kind -> new Windows()).add(windows));
    held.forEach(
        holding -> {
          if (holding.staleBy() != null) {
            byKind.computeIfAbsent(holding.holder.kind(), kind -> new Windows()).open++;
          }
        });
    List<Exposure> exposures = new ArrayList<>();
    byKind.forEach(
        (kind, windows) ->
            exposures.add(
                new Exposure(
                    kind,
                    windows.ns.getTotalCount(),
                    windows.open,
                    windows.ns.getValueAtPercentile(50),
                    windows.ns.getValueAtPercentile(99),
                    windows.maxPs)));
    return List.copyOf(exposures);
  }
}

package dev.shootdown.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Collects how long stale entries stayed cached, per holder. */
final class Exposures {
  /** One holder's windows. Most have few, and a histogram would be most of a short run's heap. */
  private static final class Windows {
    private static final int FEW = 256;

    private long[] few = new long[8];
    private int count;
    private Histogram many;
    private long maxPs;

    private void add(long windowPs) {
      maxPs = Math.max(maxPs, windowPs);
      if (many == null && count == FEW) {
        many = histogram();
      }
      if (many != null) {
        many.recordValue(windowPs / 1000);
        return;
      }
      few = count == few.length ? Arrays.copyOf(few, 2 * count) : few;
      few[count++] = windowPs / 1000;
    }

    private void into(OfKind all) {
      for (int i = 0; i < count; i++) {
        all.ns.recordValue(few[i]);
      }
      if (many != null) {
        all.ns.add(many);
      }
      all.maxPs = Math.max(all.maxPs, maxPs);
    }
  }

  private static final class OfKind {
    private final Histogram ns = histogram();
    private long maxPs;
    private long open;

    /** A histogram answers with the upper end of a step, which may lie above the longest. */
    private long ns(double percentile) {
      return Math.min(ns.getValueAtPercentile(percentile), maxPs / 1000);
    }
  }

  private final Map<Agent, Windows> byHolder = new LinkedHashMap<>();

  private static Histogram histogram() {
    Histogram histogram = new Histogram(3);
    histogram.setAutoResize(true);
    return histogram;
  }

  /** {@code holding} goes away at {@code atPs}. A change that is still to come exposed nobody. */
  void closed(Holding holding, long atPs) {
    if (holding.staleBy() == null || atPs < holding.staleSincePs()) {
      return;
    }
    long windowPs = atPs - holding.staleSincePs();
    byHolder.computeIfAbsent(holding.holder, holder -> new Windows()).add(windowPs);
  }

  /** The figures by kind; what {@code held} still has is counted as open. */
  List<Exposure> by(Holdings held) {
    Map<ComponentKind, OfKind> byKind = new EnumMap<>(ComponentKind.class);
    byHolder.forEach(
        (holder, windows) ->
            windows.into(byKind.computeIfAbsent(holder.kind(), kind -> new OfKind())));
    held.forEach(
        holding -> {
          if (holding.staleBy() != null) {
            byKind.computeIfAbsent(holding.holder.kind(), kind -> new OfKind()).open++;
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
                    windows.ns(50),
                    windows.ns(99),
                    windows.maxPs)));
    return List.copyOf(exposures);
  }
}

package dev.shootdown.bench;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Observer;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.SystemPool;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Measures what parts cost before they do anything: heap, and the time from asking for a run to its
 * first event. The caller brings the stopwatch and the scales.
 */
public final class PartsBench {
  /**
   * What came out: medians.
   *
   * @param startNs from asking for the run to the first event, with all parts, in ns
   * @param idleHeapBytesEach heap per part at that moment, its share of the run included
   * @param warmStartOfTenNs the same time for ten parts, on a system that has run before, in ns
   */
  public record Row(
      int components, long startNs, long idleHeapBytesEach, long warmStartOfTenNs) {}

  private static final int FEW = 10;
  private static final int FEW_REPEATS = 201;
  private static final int FEW_WARM_UPS = 200;

  private final LongSupplier nanoClock;
  private final LongSupplier usedHeapBytes;
  private final int repeats;

  /**
   * A benchmark.
   *
   * @param nanoClock a monotonic clock in ns
   * @param usedHeapBytes the heap that is in use, in bytes, what is unreachable left out
   * @param repeats how often the large machine is started, ≥ 1
   */
  public PartsBench(LongSupplier nanoClock, LongSupplier usedHeapBytes, int repeats) {
    this.nanoClock = nanoClock;
    this.usedHeapBytes = usedHeapBytes;
    this.repeats = repeats;
  }

  /**
   * Measures {@code components} parts, ≥ 1, and ten. The heap is a median, since what something
   * else in the process lets go of meanwhile is taken off; of few parts it can be negative.
   */
  public Row measure(int components) {
    try (SystemPool pool = new SystemPool()) {
      long[] few = new long[FEW_REPEATS];
      for (int i = -FEW_WARM_UPS; i < FEW_REPEATS; i++) {
        few[Math.max(0, i)] = startNs(pool, FEW);
      }
      long[] many = new long[repeats];
      for (int i = 0; i < repeats; i++) {
        many[i] = startNs(pool, components);
      }
      long[] heap = new long[repeats];
      for (int i = 0; i < repeats; i++) {
        heap[i] = heapEach(pool, components);
      }
      return new Row(components, median(many), median(heap), median(few));
    }
  }

  private long startNs(SystemPool pool, int components) {
    long[] firstEventNs = new long[1];
    long askedNs = nanoClock.getAsLong();
    run(pool, components, (atPs, part, fact) -> firstEventNs[0] = nanoClock.getAsLong());
    return firstEventNs[0] - askedNs;
  }

  private long heapEach(SystemPool pool, int components) {
    long[] fullBytes = new long[1];
    long emptyBytes = usedHeapBytes.getAsLong();
    run(pool, components, (atPs, part, fact) -> fullBytes[0] = usedHeapBytes.getAsLong());
    return (fullBytes[0] - emptyBytes) / components;
  }

  private static void run(SystemPool pool, int components, Observer observer) {
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < components; i++) {
      boolean wakes = i == 0;
      builder.<IdlePart.Command>component("p" + i, ctx -> IdlePart.create(ctx, wakes));
    }
    new Simulation(pool, builder.build(), RunOptions.plain(), Optional.of(observer)).run();
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}

package dev.shootdown.report;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How long operations took, in ns to three digits. Merging adds counts, so it loses nothing and may
 * be done in any order, on any machine.
 */
public final class Latencies {
  private static final int DIGITS = 3;
  private static final long PS_PER_NS = 1000;
  private static final double SIDE = 1.959963984540054;

  private final Histogram ns = new Histogram(DIGITS);

  /** None so far. */
  public Latencies() {
    ns.setAutoResize(true);
  }

  /**
   * A percentile of merged latencies and how well it is known.
   *
   * @param valueNs nearest rank, in ns
   * @param lowNs the lower end of a 95 % interval
   * @param highNs its upper end
   */
  public record Percentile(long valueNs, long lowNs, long highNs) {}

  /** Adds one. */
  public void record(long elapsedPs) {
    ns.recordValue(elapsedPs / PS_PER_NS);
  }

  /** As it is stored: HdrHistogram's V2 encoding. */
  public byte[] payload() {
    ByteBuffer buffer = ByteBuffer.allocate(ns.getNeededByteBufferCapacity());
    return Arrays.copyOf(buffer.array(), ns.encodeIntoByteBuffer(buffer));
  }

  /**
   * Adds stored latencies.
   *
   * @throws IllegalArgumentException if the payload is none
   */
  public Latencies add(byte[] payload) {
    try {
      ns.add(Histogram.decodeFromByteBuffer(ByteBuffer.wrap(payload), 0));
    } catch (RuntimeException damaged) {
      throw new IllegalArgumentException("no histogram's payload: " + damaged, damaged);
    }
    return this;
  }

  /** Adds those of another. */
  Latencies add(Latencies other) {
    ns.add(other.ns);
    return this;
  }

  public long count() {
    return ns.getTotalCount();
  }

  /**
   * So many were over.
   *
   * @param valueNs after that time
   * @param count how many
   */
  record Step(long valueNs, long count) {}

  /** The distribution in at most about {@code most} steps, the first and the last among them. */
  List<Step> steps(int most) {
    List<Step> steps = new ArrayList<>();
    for (HistogramIterationValue value : ns.recordedValues()) {
      steps.add(new Step(value.getValueIteratedTo(), value.getTotalCountToThisValue()));
    }
    List<Step> some = new ArrayList<>();
    int every = 1 + (steps.size() - 1) / most;
    for (int i = 0; i < steps.size(); i++) {
      if (i % every == 0 || i == steps.size() - 1) {
        some.add(steps.get(i));
      }
    }
    return some;
  }

  /** The least, in ns. */
  public long minNs() {
    return ns.getMinValue();
  }

  /** The greatest, in ns to three digits. */
  public long maxNs() {
    return ns.getMaxValue();
  }

  /**
   * A percentile with the distribution-free interval from order statistics (the rank is binomial;
   * its normal approximation is used). It takes operations as independent.
   *
   * @param percent above 0, at most 100
   */
  public Percentile at(double percent) {
    double p = percent / 100;
    double spread = SIDE * StrictMath.sqrt(count() * p * (1 - p));
    return new Percentile(
        ns.getValueAtPercentile(percent), atRank(count() * p - spread),
        atRank(count() * p + spread + 1));
  }

  private long atRank(double rank) {
    double clamped = Math.min(count(), Math.max(1, Math.floor(rank)));
    return ns.getValueAtPercentile(100.0 * clamped / count());
  }
}

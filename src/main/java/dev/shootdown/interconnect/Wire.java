package dev.shootdown.interconnect;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Link;
import java.util.function.ToLongFunction;

/**
 * One direction of a point-to-point wire, as arithmetic at the sender.
 *
 * <ol>
 *   <li>A message waits until the wire is free, and then takes its size over the bandwidth to go.
 *   <li>Its latency is drawn and added.
 *   <li>The order of the wire may hold it back until what it must not overtake has arrived.
 * </ol>
 *
 * <p>Can: latency, bandwidth, order. Can't: credits; a wire never refuses a message, its queue at
 * the sender is unbounded.
 */
public final class Wire implements Link {
  private static final long PS_PER_SECOND = 1_000_000_000_000L;

  private final WireSpec spec;
  private final ToLongFunction<Object> payloadBytes;

  // What most messages need of the spec stands here again: a machine has many wires, and each
  // object on the way to a latency is one more that is seldom in the processor's cache.
  private final WireOrder order;
  private final boolean unlimited;
  private final long constantPs;
  private long freeAtPs;
  private long heldUntilPs;

  /** A wire whose messages have the sizes of their protocols. */
  public Wire(WireSpec spec) {
    this(spec, Payload::bytes);
  }

  /** A wire whose messages have {@code payloadBytes} beside the overhead. */
  public Wire(WireSpec spec, ToLongFunction<Object> payloadBytes) {
    this.spec = spec;
    this.payloadBytes = payloadBytes;
    this.order = spec.order();
    this.unlimited = spec.bandwidthBytesPerSecond().isEmpty();
    this.constantPs =
        spec.latency().kind() == LatencySpec.Kind.CONSTANT ? spec.latency().minPs() : -1;
  }

  @Override
  public long arrivalPs(long nowPs, Object message, Dice dice) {
    return arrivalPs(nowPs, message, dice, 0);
  }

  WireOrder order() {
    return spec.order();
  }

  @Override
  public long minimumPs() {
    return spec.latency().minPs();
  }

  /** Equal latencies keep any order by themselves, so only drawing and pushing need a wire. */
  @Override
  public long constantPs() {
    return unlimited ? constantPs : -1;
  }

  /**
   * As {@link #arrivalPs(long, Object, Dice)}, {@code extraPs} later. The extra time comes before
   * the order of the wire is applied: trouble makes messages late, it doesn't break the rules.
   */
  long arrivalPs(long nowPs, Object message, Dice dice, long extraPs) {
    long departurePs = unlimited ? nowPs : departurePs(nowPs, message);
    long latencyPs = constantPs >= 0 ? constantPs : spec.latency().drawPs(dice);
    long arrivalPs = Math.addExact(Math.addExact(departurePs, latencyPs), extraPs);
    return switch (order) {
      case NONE -> arrivalPs;
      case FIFO -> behind(arrivalPs, true);
      case PCIE -> behind(arrivalPs, PcieClass.of(message) == PcieClass.POSTED);
    };
  }

  /** Behind all that holds others back; {@code holds} says that this message does so as well. */
  private long behind(long arrivalPs, boolean holds) {
    long deliveredPs = Math.max(arrivalPs, heldUntilPs);
    if (holds) {
      heldUntilPs = deliveredPs;
    }
    return deliveredPs;
  }

  private long departurePs(long nowPs, Object message) {
    long bytesPerSecond = spec.bandwidthBytesPerSecond().get();
    long sizeBytes = spec.overheadBytes() + payloadBytes.applyAsLong(message);
    long pushingPs = ceilDiv(Math.multiplyExact(sizeBytes, PS_PER_SECOND), bytesPerSecond);
    freeAtPs = Math.max(nowPs, freeAtPs) + pushingPs;
    return freeAtPs;
  }

  private static long ceilDiv(long dividend, long divisor) {
    return -Math.floorDiv(-dividend, divisor);
  }
}

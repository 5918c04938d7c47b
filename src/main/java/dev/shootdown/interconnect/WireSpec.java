package dev.shootdown.interconnect;

import dev.shootdown.config.Limits;
import java.util.Optional;

/**
 * One direction of a wire.
 *
 * @param latency from the last byte's departure to its arrival
 * @param bandwidthBytesPerSecond how fast bytes leave, in bytes per second; empty if that takes no
 *     time and the wire is never busy
 * @param overheadBytes what every message carries beside its payload: header, checksum, framing
 * @param order which messages may overtake which
 */
public record WireSpec(
    LatencySpec latency,
    Optional<Long> bandwidthBytesPerSecond,
    @Limits(max = 4096) long overheadBytes,
    WireOrder order) {
  /** A first-in-first-out wire of unlimited bandwidth that always takes {@code latencyPs}. */
  public static WireSpec fifo(long latencyPs) {
    return new WireSpec(LatencySpec.constant(latencyPs), Optional.empty(), 0, WireOrder.FIFO);
  }

  /** The same wire, longer by {@code morePs}: another socket, more hops, an exit from a guest. */
  public WireSpec farther(long morePs) {
    LatencySpec far = new LatencySpec(latency.kind(), latency.minPs() + morePs,
        latency.maxPs().map(ps -> ps + morePs), latency.meanPs().map(ps -> ps + morePs));
    return new WireSpec(far, bandwidthBytesPerSecond, overheadBytes, order);
  }
}

package dev.shootdown.replay;

/**
 * How much flushing the recorded kernel did for something.
 *
 * @param local flushes of the own CPU (reason 3)
 * @param batched flushes of the own CPU for a batch of reclaim or migration (reason 2)
 * @param intents times it meant to have other CPUs flush (reason 4)
 * @param unexplained intents after which that thread queued no flush for any CPU: the hypervisor
 *     or a check of the target's state had it left out, which no line of the trace says
 * @param queued flushes really queued for another CPU, one interrupt each at most
 * @param remoteDone flushes that other CPUs did for it (reason 1); less than queued when the
 *     target ran an untraced thread
 */
public record FlushCounts(
    long local, long batched, long intents, long unexplained, long queued, long remoteDone) {

  /** Nothing at all. */
  public static final FlushCounts NONE = new FlushCounts(0, 0, 0, 0, 0, 0);

  /** The sum of both. */
  public FlushCounts plus(FlushCounts other) {
    return new FlushCounts(local + other.local, batched + other.batched, intents + other.intents,
        unexplained + other.unexplained, queued + other.queued, remoteDone + other.remoteDone);
  }
}

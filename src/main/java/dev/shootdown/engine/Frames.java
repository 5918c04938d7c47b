package dev.shootdown.engine;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The bytes that two nodes swap in a round.
 *
 * <ol>
 *   <li>First what the sender knows: its floor, and the wave ({@link Horizon}).
 *   <li>Then the events for the receiver's partitions.
 *   <li>At the end of a wave, for node 0: how many events there were since the last one, and the
 *       facts.
 * </ol>
 *
 * <p>Times are differences: the floor to the last one that this peer was told, an event's to the
 * one before. An event of a busy model takes some ten bytes.
 */
final class Frames {
  private static final int HALT = 1;
  private static final int FAILED = 2;
  private static final int FACTS = 4;

  /** Above these three: how many events. With few of them it is one byte for all. */
  private static final int COUNT_SHIFT = 3;

  private final Distribution distribution;
  private final List<Partition> partitions;
  private final int workers;
  private final Directory directory;

  /** By order id: the component's index. */
  private final int[] indexOf;

  /** By order id: which of {@link #partitions} it is in, −1 if it is on another node. */
  private final int[] places;

  /** By order id: what the component's inlets do, in an order that all nodes share. */
  private final Function<Object, ?>[][] wraps;
  private final long[] toldPs;
  private final long[] heardPs;
  private final BytesOut out = new BytesOut();
  private long toldEvents;
  private volatile long eventsElsewhere;
  private long sentEvents;
  private long sentBytes;
  private long earliestPs;

  Frames(
      Distribution distribution, List<Partition> partitions, Blueprint blueprint,
      Directory directory) {
    this.distribution = distribution;
    this.partitions = partitions;
    this.workers = partitions.size();
    this.directory = directory;
    this.indexOf = new int[directory.size()];
    this.places = new int[indexOf.length];
    this.wraps = wraps(blueprint, directory);
    this.toldPs = new long[distribution.exchange().nodes()];
    this.heardPs = new long[toldPs.length];
    for (int i = 0; i < indexOf.length; i++) {
      int place = directory.partitionOf(i) - partitions.get(0).number();
      indexOf[directory.orderId(i)] = i;
      places[directory.orderId(i)] = place < workers ? Math.max(-1, place) : -1;
    }
  }

  /** Components whose inlets do the same share a row: it stays in the processor's cache. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private static Function<Object, ?>[][] wraps(Blueprint blueprint, Directory directory) {
    List<List<Inlet<?>>> inlets = blueprint.inlets();
    Function<Object, ?>[][] wraps = new Function[inlets.size()][];
    Map<List<Function<?, ?>>, Function[]> rows = new HashMap<>();
    for (int i = 0; i < wraps.length; i++) {
      List<Function<?, ?>> row = new ArrayList<>();
      inlets.get(i).forEach(inlet -> row.add(inlet.wrap()));
      wraps[directory.orderId(i)] =
          rows.computeIfAbsent(row, all -> all.toArray(Function[]::new));
    }
    return wraps;
  }

  long sentEvents() {
    return sentEvents;
  }

  long sentBytes() {
    return sentBytes;
  }

  /** On node 0, how many events the other nodes have told of. */
  long eventsElsewhere() {
    return eventsElsewhere;
  }

  /** The frame for {@code peer}; {@code facts} is null if it isn't told any. */
  byte[] frame(int peer, long window, Horizon horizon, FactLog facts) {
    Horizon.Wave wave = horizon.wave();
    boolean failed = wave.failedPs < Long.MAX_VALUE;
    int flags = (wave.halt ? HALT : 0) | (failed ? FAILED : 0) | (facts == null ? 0 : FACTS);
    long count = count(peer, window);
    out.clear();
    out.unsigned(count << COUNT_SHIFT | flags);
    long floorPs = horizon.floorPs();
    out.unsigned(floorPs - toldPs[peer]);
    toldPs[peer] = floorPs;
    out.signed(wave.earliestPs - floorPs);
    if (failed) {
      out.unsigned(wave.failedPs);
    }
    long[] lastPs = {floorPs};
    for (Partition partition : partitions) {
      for (int i = 0; i < workers; i++) {
        partition.outboxes().letter(peer * workers + i, window)
            .forEach(event -> write(event, lastPs));
      }
    }
    if (facts != null) {
      out.unsigned(eventsSinceTold());
      write(facts, floorPs);
    }
    sentEvents += count;
    sentBytes += out.size();
    return out.toByteArray();
  }

  private long count(int peer, long window) {
    long count = 0;
    for (Partition partition : partitions) {
      for (int i = 0; i < workers; i++) {
        count += partition.outboxes().letter(peer * workers + i, window).count();
      }
    }
    return count;
  }

  private long eventsSinceTold() {
    long events = partitions.stream().mapToLong(Partition::events).sum();
    long since = events - toldEvents;
    toldEvents = events;
    return since;
  }

  private void write(Event event, long[] lastPs) {
    out.signed(event.timePs - lastPs[0]);
    lastPs[0] = event.timePs;
    out.unsigned(event.receiver());
    out.unsigned(event.route & 0xffff_ffffL);
    out.unsigned(event.sequence);
    Function<Object, ?>[] known = wraps[event.receiver()];
    int inlet = 0;
    while (known[inlet] != event.wrap) {
      inlet++;
    }
    out.unsigned(inlet);
    distribution.messages().write(event.payload, out);
  }

  private void write(FactLog facts, long floorPs) {
    long lastPs = floorPs;
    out.unsigned(facts.size());
    for (FactLog.Entry entry : facts.takeAll()) {
      out.signed(entry.timePs() - lastPs);
      lastPs = entry.timePs();
      out.unsigned(entry.depth());
      out.unsigned(entry.orderId());
      out.unsigned(entry.order());
      distribution.facts().write(entry.fact(), out);
    }
  }

  /**
   * Takes in what {@code peer} sent.
   *
   * @param facts receives the facts, if it tells any
   * @return the earliest time of an event that came, {@code Long.MAX_VALUE} if none did
   * @throws LostNode if it makes no sense
   */
  long take(int peer, byte[] frame, Horizon horizon, FactLog facts) {
    try {
      BytesIn in = new BytesIn(frame);
      long head = in.unsigned();
      int flags = (int) head & (1 << COUNT_SHIFT) - 1;
      long events = head >>> COUNT_SHIFT;
      final long promisedPs = horizon.heardPs(peer) == Long.MAX_VALUE ? 0 : horizon.heardPs(peer);
      long floorPs = heardPs[peer] + in.unsigned();
      heardPs[peer] = floorPs;
      long earliest = floorPs + in.signed();
      long failedPs = (flags & FAILED) != 0 ? in.unsigned() : Long.MAX_VALUE;
      if (floorPs < 0 || earliest < 0) {
        throw new BadBytes("a time that is none", in.position());
      }
      earliestPs = Long.MAX_VALUE;
      takeEvents(in, events, floorPs, promisedPs);
      if ((flags & FACTS) != 0) {
        eventsElsewhere += Math.max(0, in.unsigned());
        takeFacts(in, floorPs, facts);
      }
      in.finish();
      horizon.hear(peer, floorPs, earliest, failedPs, (flags & HALT) != 0);
      return earliestPs;
    } catch (BadBytes bad) {
      throw new LostNode(peer, "sent a frame that makes no sense: " + bad.getMessage());
    }
  }

  private void takeEvents(BytesIn in, long events, long floorPs, long promisedPs) {
    long lastPs = floorPs;
    for (long left = events; left > 0; left--) {
      lastPs += in.signed();
      int receiver = in.below(indexOf.length, "component");
      int place = places[receiver];
      if (place < 0 || lastPs < promisedPs) {
        throw new BadBytes(
            "an event for " + directory.name(indexOf[receiver]) + " at " + lastPs + " ps",
            in.position());
      }
      Partition partition = partitions.get(place);
      Event event = partition.blank();
      event.timePs = lastPs;
      event.route = (long) receiver << 32 | in.below(indexOf.length, "component");
      event.sequence = in.unsigned();
      event.depth = 0;
      Function<Object, ?>[] known = wraps[receiver];
      event.wrap = known[in.below(known.length, "inlet")];
      event.payload = distribution.messages().read(in);
      partition.enqueue(event);
      earliestPs = Math.min(earliestPs, lastPs);
    }
  }

  private void takeFacts(BytesIn in, long floorPs, FactLog facts) {
    long lastPs = floorPs;
    for (int left = in.count(); left > 0; left--) {
      lastPs += in.signed();
      int depth = in.below(Integer.MAX_VALUE, "depth");
      int orderId = in.below(indexOf.length, "component");
      long order = in.unsigned();
      Fact fact = (Fact) distribution.facts().read(in);
      String name = directory.name(indexOf[orderId]);
      facts.add(new FactLog.Entry(lastPs, depth, orderId, name, order, fact));
    }
  }
}

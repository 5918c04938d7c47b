package dev.shootdown.engine;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.bytes.Codec;
import java.util.List;
import java.util.function.Function;

/**
 * What a node says to the others between two windows: one frame to each.
 *
 * <ol>
 *   <li>A frame holds the earliest time that the node knows of, whether it wants to halt, the
 *       events for the other node's partitions and, for node 0, the facts of the last window.
 *   <li>Times are differences to the one before, the first to the window's start; an event of a
 *       busy model takes some ten bytes.
 *   <li>The first frame also tells what was built, so that two nodes with different machines part
 *       before time starts.
 * </ol>
 *
 * <p>Only the thread that came last to the barrier works here, while all others wait.
 */
final class Meeting {
  static final Codec<Tally> TALLIES = Codec.of(Tally.class);
  private static final int HALT = 1;
  private static final int FACTS = 2;

  private final Distribution distribution;
  private final List<Partition> partitions;
  private final int workers;
  private final Directory directory;
  private final int[] indexOf;
  private final Function<Object, ?>[][] wraps;
  private final BytesOut out = new BytesOut();
  private long round;
  private boolean introduced;
  private long windowPs;
  private long earliestPs;
  private boolean halt;
  private LostNode lost;
  private long sentEvents;
  private long sentBytes;

  Meeting(
      Distribution distribution, List<Partition> partitions, Blueprint blueprint,
      Directory directory) {
    this.distribution = distribution;
    this.partitions = partitions;
    this.workers = partitions.size();
    this.directory = directory;
    this.indexOf = new int[directory.size()];
    this.wraps = wraps(blueprint);
    for (int i = 0; i < indexOf.length; i++) {
      indexOf[directory.orderId(i)] = i;
    }
  }

  /** What each component's inlets do, in an order that all nodes share. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private static Function<Object, ?>[][] wraps(Blueprint blueprint) {
    List<List<Inlet<?>>> inlets = blueprint.inlets();
    Function<Object, ?>[][] wraps = new Function[inlets.size()][];
    for (int i = 0; i < wraps.length; i++) {
      wraps[i] = inlets.get(i).stream().map(Inlet::wrap).toArray(Function[]::new);
    }
    return wraps;
  }

  /** The earliest time that any node knows of, after {@link #meet}. */
  long earliestPs() {
    return earliestPs;
  }

  /** Whether any node wants to halt, after {@link #meet}. */
  boolean isHalted() {
    return halt;
  }

  /** Why the nodes are no longer together, or null. */
  LostNode lost() {
    return lost;
  }

  long sentEvents() {
    return sentEvents;
  }

  long sentBytes() {
    return sentBytes;
  }

  /**
   * Swaps frames with all others.
   *
   * @param ownPs the earliest time that this node knows of
   * @param facts of the last window by partition; empty afterwards on all nodes but 0
   * @param merged receives what other nodes saw
   */
  void meet(int parity, long ownPs, boolean wantsHalt, FactLog[] facts, FactLog merged) {
    earliestPs = ownPs;
    halt = wantsHalt || lost != null;
    if (lost != null) {
      return;
    }
    Exchange exchange = distribution.exchange();
    byte[][] frames = new byte[exchange.nodes()][];
    try {
      for (int node = 0; node < frames.length; node++) {
        if (node != exchange.node()) {
          frames[node] = frame(node, parity, facts);
        }
      }
      byte[][] arrived = exchange.swap(round, frames);
      for (int node = 0; node < arrived.length; node++) {
        if (node != exchange.node()) {
          take(node, arrived[node], merged);
        }
      }
      windowPs = earliestPs;
      introduced = true;
      round++;
    } catch (LostNode gone) {
      lost = gone;
      halt = true;
    }
  }

  /** Gives all nodes what node 0 has to say before time starts, and returns it. */
  byte[] fromFirst(byte[] own) {
    Exchange exchange = distribution.exchange();
    byte[][] frames = new byte[exchange.nodes()][];
    for (int node = 0; node < frames.length; node++) {
      frames[node] = exchange.node() == 0 ? own : new byte[0];
    }
    try {
      byte[][] arrived = exchange.swap(round++, frames);
      return exchange.node() == 0 ? own : arrived[0];
    } catch (LostNode gone) {
      lost = gone;
      return own;
    }
  }

  /** Adds on node 0 what all others have collected. */
  void toFirst(Pauses.Collected all) {
    Exchange exchange = distribution.exchange();
    byte[][] frames = new byte[exchange.nodes()][];
    for (int node = 0; node < frames.length; node++) {
      frames[node] = node == 0 ? all.bytes() : new byte[0];
    }
    int from = 0;
    try {
      byte[][] arrived = exchange.swap(round++, frames);
      for (from = 1; from < frames.length && exchange.node() == 0; from++) {
        all.add(arrived[from]);
      }
    } catch (LostNode gone) {
      lost = gone;
    } catch (BadBytes bad) {
      lost = new LostNode(from, "sent a state that makes no sense: " + bad.getMessage());
    }
  }

  private byte[] frame(int node, int parity, FactLog[] facts) {
    out.clear();
    boolean tells = node == 0;
    out.octet((halt ? HALT : 0) | (tells ? FACTS : 0));
    if (!introduced) {
      out.signed(directory.digest());
    }
    out.signed(earliestPs - windowPs);
    long[] lastPs = {windowPs};
    int count = 0;
    for (Partition partition : partitions) {
      for (int i = 0; i < workers; i++) {
        count += partition.outgoing(node * workers + i, parity);
      }
    }
    out.unsigned(count);
    for (Partition partition : partitions) {
      for (int i = 0; i < workers; i++) {
        partition.takeOutgoing(node * workers + i, parity, event -> write(event, lastPs));
      }
    }
    if (tells) {
      write(facts);
    }
    sentEvents += count;
    sentBytes += out.size();
    return out.toByteArray();
  }

  private void write(Event event, long[] lastPs) {
    out.signed(event.timePs - lastPs[0]);
    lastPs[0] = event.timePs;
    out.unsigned(event.receiver());
    out.unsigned(event.route & 0xffff_ffffL);
    out.unsigned(event.sequence);
    Function<Object, ?>[] known = wraps[indexOf[event.receiver()]];
    int inlet = 0;
    while (known[inlet] != event.wrap) {
      inlet++;
    }
    out.unsigned(inlet);
    distribution.messages().write(event.payload, out);
  }

  private void write(FactLog[] facts) {
    long lastPs = windowPs;
    int count = 0;
    for (FactLog log : facts) {
      count += log.size();
    }
    out.unsigned(count);
    for (FactLog log : facts) {
      for (FactLog.Entry entry : log.takeAll()) {
        out.signed(entry.timePs() - lastPs);
        lastPs = entry.timePs();
        out.unsigned(entry.depth());
        out.unsigned(entry.orderId());
        out.unsigned(entry.order());
        distribution.facts().write(entry.fact(), out);
      }
    }
  }

  private void take(int node, byte[] frame, FactLog merged) {
    try {
      BytesIn in = new BytesIn(frame);
      int flags = in.octet();
      if (!introduced && in.signed() != directory.digest()) {
        throw new LostNode(node, "built another machine out of the same configuration");
      }
      halt |= (flags & HALT) != 0;
      earliestPs = Math.min(earliestPs, windowPs + in.signed());
      takeEvents(in);
      if ((flags & FACTS) != 0) {
        takeFacts(in, merged);
      }
      in.finish();
    } catch (BadBytes bad) {
      throw new LostNode(node, "sent a frame that makes no sense: " + bad.getMessage());
    }
  }

  private void takeEvents(BytesIn in) {
    long lastPs = windowPs;
    for (int left = in.count(); left > 0; left--) {
      lastPs += in.signed();
      int receiver = in.below(indexOf.length, "component");
      int index = indexOf[receiver];
      int place = directory.partitionOf(index) - partitions.get(0).number();
      if (place < 0 || place >= workers || lastPs < windowPs) {
        throw new BadBytes("an event for " + directory.name(index) + " at " + lastPs + " ps",
            in.position());
      }
      Partition partition = partitions.get(place);
      Event event = partition.blank();
      event.timePs = lastPs;
      event.route = (long) receiver << 32 | in.below(indexOf.length, "component");
      event.sequence = in.unsigned();
      event.depth = 0;
      event.wrap = wraps[index][in.below(wraps[index].length, "inlet")];
      event.payload = distribution.messages().read(in);
      partition.enqueue(event);
    }
  }

  private void takeFacts(BytesIn in, FactLog merged) {
    long lastPs = windowPs;
    for (int left = in.count(); left > 0; left--) {
      lastPs += in.signed();
      int depth = in.below(Integer.MAX_VALUE, "depth");
      int orderId = in.below(indexOf.length, "component");
      long order = in.unsigned();
      Fact fact = (Fact) distribution.facts().read(in);
      String name = directory.name(indexOf[orderId]);
      merged.add(new FactLog.Entry(lastPs, depth, orderId, name, order, fact));
    }
  }

  /** Collects all nodes' tallies on node 0; elsewhere there is only the own one to return. */
  Tally[] gather(Tally own) {
    Exchange exchange = distribution.exchange();
    byte[][] frames = new byte[exchange.nodes()][];
    for (int node = 0; node < frames.length; node++) {
      frames[node] = node == 0 ? TALLIES.bytes(own) : new byte[0];
    }
    if (lost != null) {
      return new Tally[] {own};
    }
    try {
      byte[][] arrived = exchange.swap(round, frames);
      Tally[] tallies = new Tally[exchange.node() == 0 ? frames.length : 1];
      for (int node = 0; node < tallies.length; node++) {
        tallies[node] = node == exchange.node() || tallies.length == 1 ? own
            : tally(node, arrived[node]);
      }
      return tallies;
    } catch (LostNode gone) {
      lost = gone;
      return new Tally[] {own};
    }
  }

  private Tally tally(int node, byte[] frame) {
    try {
      Tally tally = TALLIES.value(frame);
      for (Tally.CellDigest cell : tally.cells()) {
        if (cell.index() < 0 || cell.index() >= directory.size()) {
          throw new LostNode(node, "tells of a component that there is not");
        }
      }
      return tally;
    } catch (BadBytes bad) {
      throw new LostNode(node, "sent a tally that makes no sense: " + bad.getMessage());
    }
  }
}

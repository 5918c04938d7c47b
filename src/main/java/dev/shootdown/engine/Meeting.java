package dev.shootdown.engine;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import dev.shootdown.bytes.Codec;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * How a node meets the others between two windows: a frame to each neighbour, a frame from each.
 *
 * <ol>
 *   <li>Before time starts, node 0 compares what all have built.
 *   <li>In each round a node hears from its neighbours how far it may go ({@link Horizon}).
 *   <li>At the end of a wave all others swap with node 0 as well, which gets their facts. They are
 *       shown there as far as the wave says that nothing earlier can come.
 *   <li>After the last window node 0 gets everybody's tally.
 * </ol>
 *
 * <p>Only the thread that came last to the barrier works here, while all others wait.
 */
final class Meeting {
  static final Codec<Tally> TALLIES = Codec.of(Tally.class);
  private static final byte[] NOTHING = {};

  private final Exchange exchange;
  private final Directory directory;
  private final NodeGraph graph;
  private final Horizon horizon;
  private final Frames frames;
  private final FactLog facts = new FactLog();
  private final FactLog ready = new FactLog();
  private long swaps;
  private long earliestPs;
  private boolean waveEnded;
  private LostNode lost;

  Meeting(
      Distribution distribution, List<Partition> partitions, Blueprint blueprint,
      Directory directory, NodeGraph graph) {
    this.exchange = distribution.exchange();
    this.directory = directory;
    this.graph = graph;
    this.horizon = new Horizon(graph, exchange.node());
    this.frames = new Frames(distribution, partitions, blueprint, directory);
  }

  /** Before which time this node's next window must end, after {@link #meet}. */
  long beforePs() {
    long inner = Math.min(graph.innerPs(), graph.mostPs());
    long own = earliestPs > Long.MAX_VALUE - inner ? Long.MAX_VALUE : earliestPs + inner;
    return Math.min(own, horizon.horizonPs());
  }

  /** Whether all nodes have just heard of each other, in the same round everywhere. */
  boolean isTold() {
    return waveEnded && lost == null;
  }

  /** Nothing is left on any node before this time. */
  long knownPs() {
    return horizon.knownPs();
  }

  /** Whether the run is over for all, or for this node, which has lost another. */
  boolean isOver(long untilPs) {
    return lost != null || waveEnded && horizon.isOver(untilPs);
  }

  /** Why the nodes are no longer together, or null. */
  LostNode lost() {
    return lost;
  }

  /** On node 0, how many events there were on other nodes, as far as they have told. */
  long eventsElsewhere() {
    return frames.eventsElsewhere();
  }

  long sentEvents() {
    return frames.sentEvents();
  }

  long sentBytes() {
    return frames.sentBytes();
  }

  /** Keeps what was stated in the last window for node 0; the logs are empty afterwards. */
  void keep(FactLog[] logs) {
    for (FactLog log : logs) {
      facts.addAll(log);
    }
  }

  /**
   * On node 0, the facts that nobody can add anything before any more; all that there are if the
   * run is over. To be emptied by who takes them.
   */
  FactLog ready(boolean over) {
    if (exchange.node() == 0 && (waveEnded || over)) {
      facts.moveBefore(over ? Long.MAX_VALUE : horizon.knownPs(), ready);
    }
    return ready;
  }

  /**
   * Swaps frames with the neighbours.
   *
   * @param queuedPs the earliest time that this node's partitions have before them
   * @param sentPs the earliest time of what they sent to other nodes
   * @param failedPs when a part failed here, {@code Long.MAX_VALUE} if none did
   */
  void meet(long window, long queuedPs, long sentPs, long failedPs, boolean wantsHalt) {
    waveEnded = false;
    earliestPs = queuedPs;
    if (lost != null) {
      return;
    }
    horizon.begin(queuedPs, sentPs, failedPs, wantsHalt);
    boolean ending = horizon.isWaveEnding();
    try {
      byte[][] own = new byte[graph.nodes()][];
      for (int peer = 0; peer < own.length; peer++) {
        if (horizon.isPeer(peer)) {
          own[peer] = frames.frame(peer, window, horizon, ending && peer == 0 ? facts : null);
        }
      }
      byte[][] theirs = exchange.swap(swaps++, own);
      for (int peer = 0; peer < own.length; peer++) {
        if (own[peer] != null) {
          earliestPs =
              Math.min(earliestPs, frames.take(peer, theirs[peer], horizon, facts));
        }
      }
      horizon.end();
      waveEnded = ending;
    } catch (LostNode gone) {
      lost = gone;
    }
  }

  /**
   * Gives all nodes what node 0 has to say before time starts, and returns it. A node that has
   * built another machine is lost.
   */
  byte[] fromFirst(byte[] own) {
    BytesOut out = new BytesOut();
    out.signed(directory.digest());
    byte[] tells = exchange.node() == 0 ? own : NOTHING;
    out.raw(tells, 0, tells.length);
    byte[] said = own;
    try {
      byte[][] arrived = withFirst(out.toByteArray());
      for (int peer = 0; peer < arrived.length; peer++) {
        if (arrived[peer] != null) {
          BytesIn in = new BytesIn(arrived[peer]);
          if (in.signed() != directory.digest()) {
            throw new LostNode(peer, "built another machine out of the same configuration");
          }
          said = exchange.node() == 0 ? own : in.raw(in.left());
        }
      }
    } catch (LostNode gone) {
      lost = gone;
    } catch (BadBytes bad) {
      lost = new LostNode(0, "sent a greeting that makes no sense: " + bad.getMessage());
    }
    return said;
  }

  /** Adds on node 0 what all others have collected. */
  void toFirst(Pauses.Collected all) {
    int from = 0;
    try {
      byte[][] arrived = withFirst(exchange.node() == 0 ? NOTHING : all.bytes());
      for (from = 1; from < arrived.length && exchange.node() == 0; from++) {
        all.add(arrived[from]);
      }
    } catch (LostNode gone) {
      lost = gone;
    } catch (BadBytes bad) {
      lost = new LostNode(from, "sent a state that makes no sense: " + bad.getMessage());
    }
  }

  /** Collects all nodes' tallies on node 0; elsewhere there is only the own one to return. */
  Tally[] gather(Tally own) {
    if (lost != null) {
      return new Tally[] {own};
    }
    try {
      byte[][] arrived = withFirst(exchange.node() == 0 ? NOTHING : TALLIES.bytes(own));
      Tally[] tallies = new Tally[exchange.node() == 0 ? arrived.length : 1];
      tallies[0] = own;
      for (int node = 1; node < tallies.length; node++) {
        tallies[node] = tally(node, arrived[node]);
      }
      return tallies;
    } catch (LostNode gone) {
      lost = gone;
      return new Tally[] {own};
    }
  }

  /** Swaps {@code frame} between node 0 and every other one. */
  private byte[][] withFirst(byte[] frame) {
    byte[][] own = new byte[exchange.nodes()][];
    IntPredicate meets =
        peer -> peer != exchange.node() && (peer == 0 || exchange.node() == 0);
    Arrays.setAll(own, peer -> meets.test(peer) ? frame : null);
    return exchange.swap(swaps++, own);
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

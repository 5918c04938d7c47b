package dev.shootdown.cluster;

import dev.shootdown.engine.Exchange;
import dev.shootdown.engine.LostNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Swaps frames with the doors of the other nodes, whole ones in, pieces on the wire.
 *
 * <p>Can: have a frame sent {@link Again} that was lost with its connection. Who asks for one has
 * not sent its own next one to the same node, so that node is at most one swap with it further: the
 * last two frames for each are enough.
 */
final class FrameExchange implements Exchange {
  private static final long ASKING_NS = TimeUnit.SECONDS.toNanos(1);

  private record Sent(long round, byte[] frame) {}

  private final ClusterNode own;
  private final long run;
  private final int node;
  private final List<ActorRef<Door.Command>> doors = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private final int windowSeconds;
  private volatile long round;

  /** By peer, what was sent to it last, and before that. */
  private final AtomicReferenceArray<List<Sent>> sent;

  private volatile LostNode lost;

  /** Node {@code node} of run {@code run}; {@code doorTexts} are all nodes' doors, by number. */
  FrameExchange(
      ClusterNode own, long run, int node, List<String> doorTexts, Patience patience) {
    this.own = own;
    this.run = run;
    this.node = node;
    this.windowSeconds = patience.windowSeconds();
    for (String text : doorTexts) {
      doors.add(own.door(text));
      labels.add(ClusterNode.labelOf(text));
    }
    sent = new AtomicReferenceArray<>(doors.size());
    own.mail().begin(run, this::repeat);
  }

  @Override
  public int node() {
    return node;
  }

  @Override
  public int nodes() {
    return doors.size();
  }

  /** Why the nodes are no longer together, if so. */
  Optional<LostNode> lost() {
    return Optional.ofNullable(lost);
  }

  /** The round that is going on or was the last. */
  long round() {
    return round;
  }

  @Override
  public byte[][] swap(long newRound, byte[][] frames) {
    round = newRound;
    for (int peer = 0; peer < frames.length; peer++) {
      if (frames[peer] != null) {
        invite(peer);
        keep(peer, new Sent(newRound, frames[peer]));
        send(peer, newRound, frames[peer]);
      }
    }
    byte[][] arrived = new byte[frames.length][];
    long leftNs = TimeUnit.SECONDS.toNanos(windowSeconds);
    for (int peer = 0; peer < frames.length; peer++) {
      if (frames[peer] != null) {
        Mail.Arrival arrival = await(peer, leftNs);
        arrived[peer] = arrival.frame();
        leftNs = arrival.leftNs();
        if (arrival.trouble().isPresent()) {
          lost = lost(peer, arrival.trouble().get());
          throw lost;
        }
      }
    }
    own.mail().end(run, round);
    return arrived;
  }

  /** Asks again, each time after twice as long: a large frame may only be on its way. */
  private Mail.Arrival await(int peer, long patienceNs) {
    long leftNs = patienceNs;
    for (long askNs = ASKING_NS; true; askNs *= 2) {
      long stepNs = Math.min(leftNs, askNs);
      Mail.Arrival arrival = own.mail().frame(run, round, peer, labels.get(peer), stepNs);
      leftNs = Thread.currentThread().isInterrupted() ? 0 : leftNs - stepNs + arrival.leftNs();
      if (arrival.trouble().filter(String::isEmpty).isEmpty() || leftNs <= 0) {
        return new Mail.Arrival(arrival.frame(), arrival.trouble(), leftNs);
      }
      doors.get(peer).tell(new Again(run, round, node));
    }
  }

  private void invite(int peer) {
    if (sent.get(peer) == null) {
      own.lines().invitation(own.door()).ifPresent(doors.get(peer)::tell);
    }
  }

  private void keep(int peer, Sent latest) {
    List<Sent> earlier = sent.get(peer);
    sent.set(peer, earlier == null ? List.of(latest) : List.of(latest, earlier.get(0)));
  }

  /** Called by the door, whatever the thread in {@link #swap} does. */
  private void repeat(Again again) {
    boolean known = again.run() == run && again.from() < sent.length();
    List<Sent> kept = known ? sent.get(again.from()) : null;
    for (Sent each : kept == null ? List.<Sent>of() : kept) {
      if (each.round() == again.round()) {
        own.lines().giveUp(labels.get(again.from()));
        send(again.from(), again.round(), each.frame());
      }
    }
  }

  private LostNode lost(int peer, String trouble) {
    String what =
        trouble.isEmpty()
            ? "node " + labels.get(peer) + " lives, but was not done within " + windowSeconds + " s"
            : trouble.startsWith("node ") ? trouble : "node " + labels.get(peer) + ": " + trouble;
    return new LostNode(
        peer, trouble.contains(", window ") ? what : what + ", window " + round);
  }

  private void send(int peer, long inRound, byte[] frame) {
    int pieces = Math.max(1, (frame.length + Frame.PIECE_BYTES - 1) / Frame.PIECE_BYTES);
    if (pieces > Frame.PIECES_MAX) {
      throw new IllegalStateException(
          "a window of " + frame.length + " bytes for one node; cut the machine elsewhere");
    }
    for (int piece = 0; piece < pieces; piece++) {
      int from = piece * Frame.PIECE_BYTES;
      int to = Math.min(frame.length, from + Frame.PIECE_BYTES);
      byte[] bytes = pieces == 1 ? frame : Arrays.copyOfRange(frame, from, to);
      Frame part = new Frame(run, inRound, node, piece, pieces, bytes);
      if (!own.lines().send(labels.get(peer), part)) {
        doors.get(peer).tell(part);
      }
    }
  }
}

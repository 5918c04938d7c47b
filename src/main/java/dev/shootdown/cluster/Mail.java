package dev.shootdown.cluster;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What has arrived at a node, for a thread that waits for it. Filled by the {@link Door}; what a
 * peer can pile up here is bounded, as it only sends round r + 1 after it has our round r.
 */
final class Mail {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Speech> speeches = new ArrayDeque<>();
  private final Map<Long, Map<Long, Map<Integer, Pieces>>> frames = new TreeMap<>();
  private final Map<String, String> gone = new TreeMap<>();
  private final Map<Long, String> aborted = new TreeMap<>();
  private long oldestRun;
  private long endedRound = -1;
  private volatile Consumer<Again> sender = again -> {};
  private boolean member;

  /** A frame of which some pieces are there. */
  private static final class Pieces {
    private final byte[][] parts;
    private int missing;

    Pieces(int count) {
      parts = new byte[count][];
      missing = count;
    }
  }

  /**
   * Why a node is gone that went by itself. It is not to be taken out of the cluster: as one that
   * is down it would be waited for until its silence is noticed.
   */
  static final String LEFT = "left the cluster";

  /** What waiting for a frame came to: the frame, or why there is none. */
  record Arrival(byte[] frame, Optional<String> trouble, long leftNs) {}

  void put(Speech speech) {
    change(
        () -> {
          if (speech instanceof Speech.Abort abort) {
            aborted.put(abort.run(), abort.reason());
          } else if (speech instanceof Speech.Failing failing) {
            aborted.put(failing.run(), failing.reason());
          } else {
            speeches.add(speech);
          }
        });
  }

  void put(Frame frame) {
    change(
        () -> {
          if (frame.run < oldestRun || frame.run == oldestRun && frame.round <= endedRound) {
            return;
          }
          Pieces pieces =
              frames
                  .computeIfAbsent(frame.run, run -> new TreeMap<>())
                  .computeIfAbsent(frame.round, round -> new TreeMap<>())
                  .computeIfAbsent(frame.from, from -> new Pieces(frame.pieces));
          if (frame.pieces == pieces.parts.length && pieces.parts[frame.piece] == null) {
            pieces.parts[frame.piece] = frame.bytes;
            pieces.missing--;
          }
        });
  }

  /** This node has become a member. */
  void putMembership() {
    change(() -> member = true);
  }

  /** The node at {@code address} is gone. */
  void putLoss(String address, String reason) {
    change(() -> gone.putIfAbsent(address, reason));
  }

  /** Why the node at {@code address} is gone, if it is. */
  Optional<String> loss(String address) {
    lock.lock();
    try {
      return Optional.ofNullable(gone.get(address));
    } finally {
      lock.unlock();
    }
  }

  /** There is a new node at {@code address}. */
  void forgetLoss(String address) {
    change(() -> gone.remove(address));
  }

  /** The nodes that are gone, and why, each once. */
  Map<String, String> takeLosses() {
    lock.lock();
    try {
      Map<String, String> all = new TreeMap<>(gone);
      gone.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forgets frames of earlier runs.
   *
   * @param repeats sends a frame again that somebody misses
   */
  void begin(long run, Consumer<Again> repeats) {
    sender = repeats;
    change(
        () -> {
          oldestRun = run;
          endedRound = -1;
          frames.keySet().removeIf(other -> other < run);
        });
  }

  /** Sends what {@code again} asks for, if it was sent. */
  void repeat(Again again) {
    sender.accept(again);
  }

  /** The next speech, or empty after {@code millis}, or if {@code peer} is gone meanwhile. */
  Optional<Speech> speech(long millis, String peer) {
    lock.lock();
    try {
      long leftNs = TimeUnit.MILLISECONDS.toNanos(millis);
      while (speeches.isEmpty() && leftNs > 0 && !gone.containsKey(peer)) {
        leftNs = await(leftNs);
      }
      return Optional.ofNullable(speeches.poll());
    } finally {
      lock.unlock();
    }
  }

  /** Whether this node becomes a member within {@code seconds}. */
  boolean isMember(int seconds) {
    lock.lock();
    try {
      long leftNs = TimeUnit.SECONDS.toNanos(seconds);
      while (!member && leftNs > 0) {
        leftNs = await(leftNs);
      }
      return member;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the frame of {@code from}, whose node is at {@code address}. */
  Arrival frame(long run, long round, int from, String address, long patienceNs) {
    lock.lock();
    try {
      long leftNs = patienceNs;
      while (true) {
        Map<Integer, Pieces> there =
            frames.getOrDefault(run, Map.of()).getOrDefault(round, Map.of());
        Pieces pieces = there.get(from);
        if (pieces != null && pieces.missing == 0) {
          there.remove(from);
          return new Arrival(joined(pieces), Optional.empty(), leftNs);
        }
        String trouble = aborted.getOrDefault(run, gone.get(address));
        if (trouble != null || leftNs <= 0) {
          return new Arrival(null, Optional.of(trouble == null ? "" : trouble), leftNs);
        }
        leftNs = await(leftNs);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a round that is over. */
  void end(long run, long round) {
    change(
        () -> {
          frames.getOrDefault(run, new TreeMap<>()).remove(round);
          endedRound = run == oldestRun ? round : endedRound;
        });
  }

  private static byte[] joined(Pieces pieces) {
    if (pieces.parts.length == 1) {
      return pieces.parts[0];
    }
    int size = 0;
    for (byte[] part : pieces.parts) {
      size += part.length;
    }
    byte[] whole = new byte[size];
    int at = 0;
    for (byte[] part : pieces.parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long await(long leftNs) {
    try {
      return changed.awaitNanos(leftNs);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}

package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/** Nodes that are threads of one JVM, and frames that are handed over. */
final class InMemory {
  private static final long PATIENCE_S = 20;

  /** From sender, to receiver. */
  private final List<List<BlockingQueue<byte[]>>> queues = new ArrayList<>();

  private final int nodes;

  /** Frames from sender, to receiver. */
  private final AtomicLongArray frames;
  private volatile int silentNode = -1;
  private volatile long silentFrom;

  /** Set when a node has lost another: the others need not wait for it then. */
  private volatile boolean torn;

  InMemory(int nodes) {
    this.nodes = nodes;
    this.frames = new AtomicLongArray(nodes * nodes);
    for (int i = 0; i < nodes; i++) {
      List<BlockingQueue<byte[]>> row = new ArrayList<>();
      for (int j = 0; j < nodes; j++) {
        row.add(new LinkedBlockingQueue<>());
      }
      queues.add(row);
    }
  }

  /** From {@code round} on, nobody hears of {@code node}, and it hears of nobody. */
  InMemory losing(int node, long round) {
    silentNode = node;
    silentFrom = round;
    return this;
  }

  /** How many frames went from one node to another. */
  long frames(int from, int to) {
    return frames.get(from * nodes + to);
  }

  Exchange of(int node) {
    return new Exchange() {
      @Override
      public int node() {
        return node;
      }

      @Override
      public int nodes() {
        return nodes;
      }

      @Override
      public byte[][] swap(long round, byte[][] frames) {
        for (int peer = 0; peer < nodes; peer++) {
          if (frames[peer] != null) {
            queues.get(node).get(peer).add(frames[peer]);
            InMemory.this.frames.incrementAndGet(node * nodes + peer);
          }
        }
        byte[][] arrived = new byte[nodes][];
        for (int peer = 0; peer < nodes; peer++) {
          if (frames[peer] != null) {
            arrived[peer] = take(peer, node, round);
          }
        }
        return arrived;
      }
    };
  }

  private byte[] take(int from, int to, long round) {
    if (round >= silentFrom && (from == silentNode || to == silentNode)) {
      throw lost(from, "silent");
    }
    try {
      byte[] frame = null;
      for (int tenths = 0; frame == null && !torn && tenths < PATIENCE_S * 10; tenths++) {
        frame = queues.get(from).get(to).poll(100, TimeUnit.MILLISECONDS);
      }
      if (frame == null) {
        throw lost(from, "said nothing in round " + round);
      }
      return frame;
    } catch (InterruptedException stopped) {
      throw lost(from, "interrupted");
    }
  }

  private LostNode lost(int node, String what) {
    torn = true;
    return new LostNode(node, what);
  }
}

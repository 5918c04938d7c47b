package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Nodes that are threads of one JVM, and frames that are handed over. */
final class InMemory {
  private static final long PATIENCE_S = 20;

  /** From sender, to receiver. */
  private final List<List<BlockingQueue<byte[]>>> queues = new ArrayList<>();

  private final int nodes;
  private volatile int silentNode = -1;
  private volatile long silentFrom;

  InMemory(int nodes) {
    this.nodes = nodes;
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
          if (peer != node) {
            queues.get(node).get(peer).add(frames[peer]);
          }
        }
        byte[][] arrived = new byte[nodes][];
        for (int peer = 0; peer < nodes; peer++) {
          if (peer != node) {
            arrived[peer] = take(peer, node, round);
          }
        }
        return arrived;
      }
    };
  }

  private byte[] take(int from, int to, long round) {
    if (round >= silentFrom && (from == silentNode || to == silentNode)) {
      throw new LostNode(from, "silent");
    }
    try {
      byte[] frame = queues.get(from).get(to).poll(PATIENCE_S, TimeUnit.SECONDS);
      if (frame == null) {
        throw new LostNode(from, "said nothing in round " + round);
      }
      return frame;
    } catch (InterruptedException stopped) {
      throw new LostNode(from, "interrupted");
    }
  }
}

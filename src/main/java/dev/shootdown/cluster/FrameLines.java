package dev.shootdown.cluster;

import dev.shootdown.bytes.BadBytes;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Connections of a node that carry frames and nothing else, one for each direction of a pair.
 * Through Artery a frame is handed on by some eight threads, which compete with the models for the
 * cores; here by two (decision 7).
 *
 * <ol>
 *   <li>A node tells another through Artery, before its first frame of a run, where it listens and
 *       a key ({@link Speech.Listens}).
 *   <li>The other connects, with TLS if Artery has it, and shows half of the key; it gets the other
 *       half back.
 *   <li>Then come frames, each behind its length.
 * </ol>
 *
 * <p>Can: be done without. Until a line is open, when it breaks, and where nobody can reach its
 * port, frames go through Artery; one that was lost with a line is asked for {@link Again}. Can't:
 * tell who is gone; the cluster does.
 */
final class FrameLines implements AutoCloseable {
  /** As many lines a node has in each direction, and no more: each has a thread. */
  static final int MOST = 256;

  static final int MAGIC = 0x5348_4c31;

  /** Of each half of a key. */
  static final int KEY_BYTES = 16;

  /** For a stranger to say who he is, and for an answer to it. */
  static final int GREETING_MS = 5_000;

  static final int BUFFER_BYTES = 64 * 1024;

  private final String host;
  private final int port;
  private final LineSockets sockets;
  private final Consumer<Frame> arrived;
  private final byte[] key = new byte[2 * KEY_BYTES];
  private final Map<String, FrameLine> out = new TreeMap<>();
  private final Map<Integer, Socket> in = new TreeMap<>();
  private ServerSocket listening;
  private int accepted;
  private boolean closed;

  /**
   * None yet.
   *
   * @param host where this node listens, once it does
   * @param port where it does; 0 for any that is free
   * @param arrived takes frames, on several threads
   */
  FrameLines(String host, int port, LineSockets sockets, Consumer<Frame> arrived) {
    this.host = host;
    this.port = port;
    this.sockets = sockets;
    this.arrived = arrived;
  }

  /** What to tell others, for them to connect; empty if there is no port to be had. */
  synchronized Optional<Speech> invitation(String door) {
    if (listening == null && !closed) {
      try {
        listen();
      } catch (IOException none) {
        return Optional.empty();
      }
    }
    return closed
        ? Optional.empty()
        : Optional.of(
            new Speech.Listens(door, listening.getLocalPort(), HexFormat.of().formatHex(key)));
  }

  /** Listens already now, before anybody asks: then one knows whether that port can be had. */
  synchronized void listen() throws IOException {
    listening = new ServerSocket(port, MOST, InetAddress.getByName(host));
    new SecureRandom().nextBytes(key);
    ServerSocket own = listening;
    start("frames at " + own.getLocalPort(), () -> accept(own));
  }

  /** Connects to who listens, if that isn't so already. */
  synchronized void learn(Speech.Listens said) {
    String label = ClusterNode.labelOf(said.door());
    FrameLine old = out.get(label);
    if (closed || !said.isPossible() || old != null && old.isFor(said) && !old.isOver()) {
      return;
    }
    if (old != null) {
      old.close();
      out.remove(label);
    }
    if (out.size() == MOST) {
      out.values().removeIf(FrameLine::isOver);
    }
    if (out.size() < MOST) {
      FrameLine line = new FrameLine(said, sockets);
      out.put(label, line);
      start("frames for " + label, line::run);
    }
  }

  /** Whether a line takes {@code frame} to the node at {@code label}. */
  boolean send(String label, Frame frame) {
    FrameLine line = line(label);
    return line != null && line.take(frame);
  }

  /** Whether there is a line to the node at {@code label} that takes frames. */
  boolean isOpen(String label) {
    FrameLine line = line(label);
    return line != null && line.isOpen();
  }

  /** What it carried did not arrive, or not soon: until it is invited again, no line goes there. */
  void giveUp(String label) {
    FrameLine line = line(label);
    if (line != null) {
      line.close();
    }
  }

  private synchronized FrameLine line(String label) {
    return out.get(label);
  }

  private void accept(ServerSocket own) {
    while (!own.isClosed()) {
      try {
        Socket plain = own.accept();
        int number = admit(plain);
        if (number < 0) {
          plain.close();
        } else {
          start("frames from " + plain.getRemoteSocketAddress(), () -> serve(number, plain));
        }
      } catch (IOException noMore) {
        return;
      }
    }
  }

  private synchronized int admit(Socket plain) {
    if (closed || in.size() == MOST) {
      return -1;
    }
    in.put(++accepted, plain);
    return accepted;
  }

  private void serve(int number, Socket plain) {
    try (plain) {
      plain.setSoTimeout(GREETING_MS);
      Socket socket = sockets.accepted(plain);
      DataInputStream from =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
      if (from.readInt() == MAGIC && isFirstHalf(from.readNBytes(KEY_BYTES))) {
        OutputStream back = socket.getOutputStream();
        back.write(key, KEY_BYTES, KEY_BYTES);
        back.flush();
        plain.setSoTimeout(0);
        while (true) {
          arrived.accept(frame(from));
        }
      }
    } catch (IOException | BadBytes over) {
      // A stranger, a node that is gone, or one that will ask for what is missing.
      return;
    } finally {
      leave(number);
    }
  }

  private boolean isFirstHalf(byte[] shown) {
    return MessageDigest.isEqual(shown, Arrays.copyOf(key, KEY_BYTES));
  }

  private static Frame frame(DataInputStream from) throws IOException {
    int length = from.readInt();
    if (length < 0 || length > Frame.BYTES_MOST) {
      throw new BadBytes("a frame of " + length + " bytes", 0);
    }
    byte[] coded = new byte[length];
    from.readFully(coded);
    return Frame.of(coded);
  }

  private synchronized void leave(int number) {
    in.remove(number);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends all connections in both directions, as a network does that fails. */
  synchronized void cut() {
    out.values().forEach(FrameLine::close);
    in.values().forEach(FrameLines::abort);
  }

  @Override
  public synchronized void close() {
    closed = true;
    cut();
    if (listening != null) {
      abort(listening);
    }
  }

  static void abort(AutoCloseable connection) {
    try {
      connection.close();
    } catch (Exception ended) {
      // It is as closed as it can be.
      return;
    }
  }
}

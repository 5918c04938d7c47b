package dev.shootdown.cluster;

import dev.shootdown.bytes.BytesOut;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A connection that takes frames to one other node. It has a thread that writes, so that a model
 * never waits for a network; what can pile up is two frames, as the other sends nothing new before
 * it has them.
 */
final class FrameLine implements AutoCloseable {
  private final Speech.Listens to;
  private final LineSockets sockets;
  private final LinkedBlockingQueue<Frame> waiting = new LinkedBlockingQueue<>();
  private Socket plain;
  private volatile boolean open;
  private volatile boolean over;

  /** To who said {@code to}; {@link #run} connects. */
  FrameLine(Speech.Listens to, LineSockets sockets) {
    this.to = to;
    this.sockets = sockets;
  }

  boolean isFor(Speech.Listens other) {
    return to.equals(other);
  }

  boolean isOpen() {
    return open;
  }

  /** Whether it carries nothing any more, and never will. */
  boolean isOver() {
    return over;
  }

  /** Takes {@code frame} along, if it is open. */
  boolean take(Frame frame) {
    return open && waiting.add(frame);
  }

  /** Connects, and writes until something is wrong or it is closed. */
  void run() {
    Socket socket = new Socket();
    try (socket) {
      if (!begins(socket)) {
        return;
      }
      Socket coded = sockets.connected(socket, to);
      DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(coded.getOutputStream(), 2 * Frame.PIECE_BYTES));
      if (isKnown(coded, out)) {
        socket.setSoTimeout(0);
        open = true;
        BytesOut bytes = new BytesOut();
        while (true) {
          write(waiting.take(), bytes, out);
        }
      }
    } catch (IOException | InterruptedException gone) {
      // What was under way is asked for again, and comes by Artery.
      return;
    } finally {
      close();
    }
  }

  private synchronized boolean begins(Socket socket) {
    plain = socket;
    return !over;
  }

  private boolean isKnown(Socket coded, DataOutputStream out) throws IOException {
    byte[] key = HexFormat.of().parseHex(to.key());
    out.writeInt(FrameLines.MAGIC);
    out.write(key, 0, FrameLines.KEY_BYTES);
    out.flush();
    byte[] answer = coded.getInputStream().readNBytes(FrameLines.KEY_BYTES);
    return MessageDigest.isEqual(
        answer, Arrays.copyOfRange(key, FrameLines.KEY_BYTES, key.length));
  }

  private static void write(Frame frame, BytesOut bytes, DataOutputStream out)
      throws IOException {
    bytes.clear();
    frame.writeTo(bytes);
    out.writeInt(bytes.size());
    bytes.writeTo(out);
    out.flush();
  }

  @Override
  public synchronized void close() {
    open = false;
    over = true;
    if (plain != null) {
      FrameLines.abort(plain);
    }
  }
}

package dev.shootdown.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The network before one node: all that others send to it comes through here, late, or never.
 *
 * <p>Others connect to 127.0.0.1, the node listens at the same port of 127.0.0.2; nothing else uses
 * that address, so there is no port to find by luck. What the node sends goes elsewhere: that is
 * the relay of the other one.
 */
public final class Relay implements AutoCloseable {
  private static final String OUTSIDE = "127.0.0.1";
  private static final String INSIDE = "127.0.0.2";
  private static final int CHUNK_BYTES = 16 * 1024;

  private enum State {
    /** What comes is passed on. */
    OPEN,
    /** Connections live, and nothing passes. */
    STALLED,
    /** No connection lives, and there are no new ones. */
    CUT
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ServerSocket outside;
  private final Random draws;
  private final int delayMaxUs;
  private final List<Socket> sockets = new ArrayList<>();
  private State state = State.OPEN;

  private Relay(long seed, int delayMaxUs) throws IOException {
    this.draws = new Random(seed);
    this.delayMaxUs = delayMaxUs;
    assumeTrue(isThere(), "this machine has no " + INSIDE);
    this.outside = new ServerSocket(0, 50, InetAddress.getByName(OUTSIDE));
    start(this::accept);
  }

  /** Linux has all of 127/8, others have 127.0.0.1 only. */
  private static boolean isThere() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(INSIDE))) {
      return free.isBound();
    } catch (IOException unknown) {
      return false;
    }
  }

  /** One that adds nothing. */
  public static Relay plain() throws IOException {
    return new Relay(0, 0);
  }

  /** One that holds back each chunk of bytes for up to {@code mostUs}, by draws from a seed. */
  static Relay late(long seed, int mostUs) throws IOException {
    return new Relay(seed, mostUs);
  }

  /** The port of both addresses. */
  public int port() {
    return outside.getLocalPort();
  }

  /** Where the node behind it listens. */
  public String inside() {
    return INSIDE + ":" + port();
  }

  /** The settings of the node behind it. */
  NodeSettings behind(NodeSettings like) {
    return new NodeSettings(
        OUTSIDE, port(), Optional.of(new NodeSettings.Bind(INSIDE, port())), 0, like.tls(),
        like.insecure(), like.patience());
  }

  /** Passes nothing on until {@link #open}; nobody is told. */
  public void stall() {
    become(State.STALLED);
  }

  /** Passes on what comes, and what was held back. */
  void open() {
    become(State.OPEN);
  }

  /** Ends all connections, and lets none come about until {@link #open}. */
  void cut() {
    become(State.CUT);
    reset();
  }

  /** Ends all connections; new ones may come about at once. */
  void reset() {
    List<Socket> all;
    lock.lock();
    try {
      all = List.copyOf(sockets);
      sockets.clear();
    } finally {
      lock.unlock();
    }
    all.forEach(Relay::abort);
  }

  private void become(State next) {
    lock.lock();
    try {
      state = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!outside.isClosed()) {
      try {
        Socket from = outside.accept();
        if (refuses()) {
          abort(from);
          continue;
        }
        Socket to = new Socket();
        keep(from, to);
        to.connect(new InetSocketAddress(INSIDE, port()), 5_000);
        start(() -> pass(from, to));
        start(() -> pass(to, from));
      } catch (IOException nobody) {
        continue; // the node behind is not there (yet); whoever connected will try again
      }
    }
  }

  private boolean refuses() {
    lock.lock();
    try {
      return state == State.CUT;
    } finally {
      lock.unlock();
    }
  }

  private void keep(Socket from, Socket to) throws IOException {
    from.setTcpNoDelay(true);
    to.setTcpNoDelay(true);
    lock.lock();
    try {
      sockets.add(from);
      sockets.add(to);
    } finally {
      lock.unlock();
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      for (int size = from.getInputStream().read(chunk); size >= 0;
          size = from.getInputStream().read(chunk)) {
        awaitTurn();
        to.getOutputStream().write(chunk, 0, size);
      }
      to.shutdownOutput();
    } catch (IOException over) {
      abort(from);
      abort(to);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      long leftNs = TimeUnit.MICROSECONDS.toNanos(delayMaxUs == 0 ? 0 : draws.nextInt(delayMaxUs));
      while (leftNs > 0) {
        leftNs = changed.awaitNanos(leftNs);
      }
      while (state == State.STALLED) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** As a router does that has forgotten a connection. */
  private static void abort(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException closed) {
      return;
    }
    try {
      socket.close();
    } catch (IOException closed) {
      return;
    }
  }

  @Override
  public void close() {
    try {
      outside.close();
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
    open();
    reset();
  }
}

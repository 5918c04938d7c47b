package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class FaultTest {
  private static final long GARBAGE_SEED = 11;

  /** Silence is longer than a busy machine stands still, or it would be told of first. */
  private static final Patience SHORT = new Patience(120, 5, 7);

  /** A coordinator and one worker that knows {@code task}. */
  private static final class Pair implements AutoCloseable {
    final Coordinator coordinator;
    final Worker worker;
    final CompletableFuture<Throwable> served;

    Pair(PingPong task, PingPong theirs) {
      this(Nodes.PATIENT, task, theirs);
    }

    Pair(Patience patience, PingPong task, PingPong theirs) {
      NodeSettings settings = NodeSettings.local(0).with(patience);
      coordinator = new Coordinator(settings, Nodes.CODE, 2, line -> {});
      worker =
          new Worker(
              settings, Nodes.CODE, "127.0.0.1", coordinator.port(), line -> {},
              new Worker.Trades(List.of(theirs.reader()), List.of(), 1));
      served =
          CompletableFuture.runAsync(worker::serve, run -> new Thread(run).start())
              .handle((done, thrown) -> thrown);
      coordinator.form(() -> {});
    }

    @Override
    public void close() {
      coordinator.close();
      served.orTimeout(30, TimeUnit.SECONDS).join();
      worker.close();
    }
  }

  /** It says so itself, and nobody waits for twenty seconds of silence. */
  @Test
  void shouldNameNodeAndWindowWhenANodeIsClosed() {
    CountDownLatch far = new CountDownLatch(1);
    PingPong task = PingPong.of(PingPong.ENDLESS, 0, ball -> {
      if (ball > 50) {
        far.countDown();
      }
    });
    try (Pair pair = new Pair(task, task)) {
      CompletableFuture<Void> closer =
          CompletableFuture.runAsync(
              () -> {
                PingPong.await(far);
                pair.worker.close();
              },
              run -> new Thread(run).start());
      RunOutcome outcome = task.runOn(pair.coordinator);
      closer.join();

      assertThat(outcome.complete()).isFalse();
      assertThat(outcome.events()).isGreaterThan(20);
      assertThat(pair.coordinator.lost()).isPresent();
      assertThat(pair.coordinator.lost().get().getMessage())
          .matches("node " + pair.worker.label() + ": it was closed, window \\d+");
      assertThat(pair.coordinator.lost().get().node()).isEqualTo(1);
    }
  }

  /** What a person sees of a long run. */
  @Test
  void shouldTellOfAllNodesWhenItIsAskedHowFarItIs() {
    Simulation[] running = new Simulation[1];
    AtomicLong events = new AtomicLong();
    AtomicLong timePs = new AtomicLong();
    PingPong task = PingPong.of(200, 0, ball -> {
      if (ball == 200) {
        events.set(running[0].progressEvents());
        timePs.set(running[0].progressPs());
      }
    });
    try (Pair pair = new Pair(task, task);
        SystemPool pool = pair.coordinator.begin(task, PingPong.KIND, "", 1, 1)) {
      running[0] = task.simulation(pool);
      assertThat(running[0].run().complete()).isTrue();

      assertThat(events.get()).as("balls caught, here and there").isBetween(195L, 200L);
      assertThat(timePs.get()).isBetween(195_000L, 200_000L);
    }
  }

  @Test
  void shouldEndWhenANodeLivesButIsNotDone() {
    CountDownLatch over = new CountDownLatch(1);
    PingPong task = PingPong.of(PingPong.ENDLESS, 1, ball -> {
      if (ball > 50) {
        PingPong.await(over);
      }
    });
    try (Pair pair = new Pair(SHORT, task, task)) {
      RunOutcome outcome = task.runOn(pair.coordinator);
      over.countDown();

      assertThat(outcome.complete()).isFalse();
      assertThat(pair.coordinator.lost().get().getMessage())
          .contains(pair.worker.label(), "lives, but was not done within 7 s", "window ");
    }
  }

  @Test
  void shouldTellOfAPartThatThrowsWhenItRunsElsewhere() {
    PingPong task =
        PingPong.of(1_000, 1, ball -> {
          if (ball == 41) {
            throw new IllegalStateException("dropped it");
          }
        });
    try (Pair pair = new Pair(task, task)) {
      RunOutcome outcome = task.runOn(pair.coordinator);

      assertThat(pair.coordinator.lost()).isEmpty();
      assertThat(outcome.failure()).isPresent();
      assertThat(outcome.failure().get().component()).isEqualTo("part1");
      assertThat(outcome.failure().get().what()).contains("dropped it");
    }
  }

  @Test
  void shouldRefuseANodeWhenItsReadingDiffers() {
    PingPong task = PingPong.of(10, 0, ball -> {});
    PingPong other = new PingPong("other", 10, "", 0, ball -> {});
    try (Pair pair = new Pair(task, other)) {
      Optional<String> problem = problem(() -> task.runOn(pair.coordinator));

      assertThat(problem).isPresent();
      assertThat(problem.get())
          .contains(pair.worker.label(), "its configuration is other, here it is same");
    }
  }

  @Test
  void shouldCarryWindowsThatNoPieceCanHoldWhenTheyAreLarge() {
    String large = "x".repeat(3 * Frame.PIECE_BYTES + 17);
    PingPong task = new PingPong("same", 6, large, 0, ball -> {});
    try (Pair pair = new Pair(task, task);
        SystemPool alone = new SystemPool()) {
      RunOutcome outcome = task.runOn(pair.coordinator);

      assertThat(outcome.complete()).isTrue();
      assertThat(outcome.fingerprint()).isEqualTo(task.outcome(alone).fingerprint());
    }
  }

  @Test
  void shouldNotCareWhenStrangersSpeakGarbage() {
    Random draws = new Random(GARBAGE_SEED);
    AtomicInteger port = new AtomicInteger();
    // In the run, many a time: what counts its troubles and gives up after some would do so.
    PingPong task =
        PingPong.of(
            300, 0,
            ball -> {
              if (ball % 10 == 0) {
                babble(port.get(), garbage(draws));
              }
            });
    PingPong calm = PingPong.of(300, 0, ball -> {});
    try (Pair pair = new Pair(task, task);
        SystemPool alone = new SystemPool()) {
      port.set(pair.coordinator.port());
      RunOutcome outcome = task.runOn(pair.coordinator);

      assertThat(pair.coordinator.lost()).isEmpty();
      assertThat(outcome.fingerprint())
          .as("seed " + GARBAGE_SEED)
          .isEqualTo(calm.outcome(alone).fingerprint());
    }
  }

  /**
   * Of another protocol; of Pekko's or Akka's, with lengths that cannot be; or with our own magic
   * and whatever follows in frames of their length.
   */
  private static byte[] garbage(Random draws) {
    String magic = List.of("AKKA", "PEKK", "SHDN", "GET ").get(draws.nextInt(4));
    byte[] noise = new byte[draws.nextInt(2_000)];
    draws.nextBytes(noise);
    ByteBuffer bytes = ByteBuffer.allocate(9 + noise.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(magic.getBytes(StandardCharsets.US_ASCII)).put((byte) draws.nextInt(5));
    bytes.putInt(magic.equals("SHDN") ? noise.length : -draws.nextInt(2_000)).put(noise);
    if (draws.nextBoolean() && noise.length > 0) {
      bytes.put(9, (byte) 0); // the version of Artery's headers: more of the rest is read
    }
    return bytes.array();
  }

  private static void babble(int port, byte[] bytes) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    } catch (IOException hungUp) {
      assertThat(hungUp).hasMessageNotContaining("refused");
    }
  }

  private static Optional<String> problem(Runnable action) {
    try {
      action.run();
      return Optional.empty();
    } catch (ClusterProblem problem) {
      return Optional.of(problem.getMessage());
    }
  }
}

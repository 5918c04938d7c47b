package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FaultTest {
  private static final Patience SHORT = new Patience(20, 2, 6);

  /** A coordinator and one worker that knows {@code task}. */
  private static final class Pair implements AutoCloseable {
    final Coordinator coordinator;
    final Worker worker;
    final CompletableFuture<Throwable> served;

    Pair(PingPong task, PingPong theirs) {
      NodeSettings settings = NodeSettings.local(0).with(SHORT);
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

  @Test
  void shouldNameNodeAndWindowWhenANodeIsGone() {
    CountDownLatch far = new CountDownLatch(1);
    PingPong task = PingPong.of(PingPong.ENDLESS, 0, ball -> {
      if (ball > 50) {
        far.countDown();
      }
    });
    try (Pair pair = new Pair(task, task)) {
      CompletableFuture<Void> killer =
          CompletableFuture.runAsync(
              () -> {
                await(far);
                pair.worker.close();
              },
              run -> new Thread(run).start());
      RunOutcome outcome = task.runOn(pair.coordinator);
      killer.join();

      assertThat(outcome.complete()).isFalse();
      assertThat(outcome.events()).isGreaterThan(20);
      assertThat(pair.coordinator.lost()).isPresent();
      assertThat(pair.coordinator.lost().get().getMessage())
          .startsWith("node " + pair.worker.label() + ": ")
          .matches(".*, window \\d+");
      assertThat(pair.coordinator.lost().get().node()).isEqualTo(1);
    }
  }

  @Test
  void shouldEndWhenANodeLivesButIsNotDone() {
    CountDownLatch over = new CountDownLatch(1);
    PingPong task = PingPong.of(PingPong.ENDLESS, 1, ball -> {
      if (ball > 50) {
        await(over);
      }
    });
    try (Pair pair = new Pair(task, task)) {
      RunOutcome outcome = task.runOn(pair.coordinator);
      over.countDown();

      assertThat(outcome.complete()).isFalse();
      assertThat(pair.coordinator.lost().get().getMessage())
          .contains(pair.worker.label(), "lives, but was not done within 6 s", "window ");
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
  void shouldNotCareWhenAStrangerSpeaksGarbage() {
    PingPong task = PingPong.of(200, 0, ball -> {});
    try (Pair pair = new Pair(task, task);
        SystemPool alone = new SystemPool()) {
      babble(pair.coordinator.port(), "GET / HTTP/1.1\r\n\r\n".repeat(50).getBytes());
      byte[] magic = new byte[5_000];
      System.arraycopy("AKKA".getBytes(), 0, magic, 0, 4);
      magic[4] = 2;
      babble(pair.coordinator.port(), magic);
      RunOutcome outcome = task.runOn(pair.coordinator);

      assertThat(pair.coordinator.lost()).isEmpty();
      assertThat(outcome.fingerprint()).isEqualTo(task.outcome(alone).fingerprint());
    }
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

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs whose frames have lines of their own, as long as these live. */
@Timeout(300)
class FrameLinesRunTest {
  private static final int BALLS = 3_000;

  /** A coordinator and a worker that plays whatever {@link #task} is. */
  private static final class Pair implements AutoCloseable {
    private final Coordinator coordinator;
    private final Worker worker;
    private final CompletableFuture<Void> served;

    Pair(PingPong task) {
      this(task, NodeSettings.local(0).with(Nodes.PATIENT));
    }

    Pair(PingPong task, NodeSettings settings) {
      coordinator =
          new Coordinator(NodeSettings.local(0).with(Nodes.PATIENT), Nodes.CODE, 2, line -> {});
      worker =
          new Worker(
              settings, Nodes.CODE, "127.0.0.1", coordinator.port(), line -> {},
              new Worker.Trades(List.of(task.reader()), List.of(), 1));
      served = CompletableFuture.runAsync(worker::serve, run -> new Thread(run).start());
      coordinator.form(() -> {});
    }

    boolean hasLines() {
      return coordinator.lines().isOpen(worker.label());
    }

    @Override
    public void close() {
      coordinator.close();
      served.orTimeout(30, TimeUnit.SECONDS).join();
      worker.close();
    }
  }

  private static void shouldBeAsAlone(PingPong task, RunOutcome outcome) {
    assertThat(outcome.complete()).isTrue();
    PingPong calm = PingPong.of(task.balls(), 0, ball -> {});
    try (SystemPool alone = new SystemPool()) {
      assertThat(outcome.fingerprint()).isEqualTo(calm.outcome(alone).fingerprint());
    }
  }

  @Test
  void shouldTakeFramesAtThePortThatWasAskedFor() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    AtomicInteger withLines = new AtomicInteger();
    Pair[] pair = new Pair[1];
    PingPong task =
        PingPong.of(
            BALLS, 0,
            ball -> {
              if (ball == BALLS / 2) {
                withLines.addAndGet(pair[0].hasLines() ? 1 : 0);
              }
            });
    NodeSettings settings =
        new NodeSettings(
            "127.0.0.1", 0, Optional.empty(), port, Optional.empty(), false, Nodes.PATIENT);
    try (Pair both = new Pair(task, settings)) {
      pair[0] = both;
      shouldBeAsAlone(task, task.runOn(both.coordinator));
      assertThat(withLines).hasValue(1);
      Optional<Speech> said = both.worker.lines().invitation("any");
      assertThat(said).get().extracting("port").isEqualTo(port);
    }
  }

  @Test
  void shouldComeToTheSameWhenLinesBreakAndComeBack() {
    AtomicInteger runs = new AtomicInteger();
    AtomicInteger withLines = new AtomicInteger();
    Pair[] pair = new Pair[1];
    PingPong task =
        PingPong.of(
            BALLS, 0,
            ball -> {
              if (ball == BALLS / 2) {
                withLines.addAndGet(pair[0].hasLines() ? 1 : 0);
                cut(pair[0], runs.get());
              }
            });
    try (Pair both = new Pair(task)) {
      pair[0] = both;
      for (int run = 0; run < 4; run++) {
        runs.set(run);
        shouldBeAsAlone(task, task.runOn(both.coordinator));
        assertThat(both.coordinator.lost()).isEmpty();
      }
      assertThat(withLines).as("runs that had lines half-way").hasValue(4);
    }
  }

  /** From here, from there, from both, not at all. */
  private static void cut(Pair pair, int run) {
    if (run == 0 || run == 2) {
      pair.coordinator.lines().cut();
    }
    if (run == 1 || run == 2) {
      pair.worker.lines().cut();
    }
  }
}

package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes with a network between them that fails in one direction, in both, or for a while. */
@Timeout(300)
class TornNetworkTest {
  private static final int SILENT_SECONDS = 4;

  /** A window may take for ever, so that only silence can end a run. */
  private static final NodeSettings SETTINGS =
      NodeSettings.local(0).with(new Patience(120, SILENT_SECONDS, 600));

  private static final String SILENT =
      "no sign of life for " + SILENT_SECONDS + " s, window \\d+";

  /** How it is torn. */
  private enum Tear {
    TO_WORKER(network -> network.toWorker.stall()),
    TO_COORDINATOR(network -> network.toCoordinator.stall()),
    BOTH_WAYS(
        network -> {
          network.toWorker.stall();
          network.toCoordinator.stall();
        }),
    CUT(
        network -> {
          network.toWorker.cut();
          network.toCoordinator.cut();
        });

    final Consumer<Network> done;

    Tear(Consumer<Network> done) {
      this.done = done;
    }
  }

  /** A coordinator and a worker, each behind a relay. */
  private static final class Network implements AutoCloseable {
    final Relay toCoordinator;
    final Relay toWorker;
    final Coordinator coordinator;
    final Worker worker;
    final CompletableFuture<Throwable> served;
    final List<String> told = new CopyOnWriteArrayList<>();

    Network(NodeSettings settings, PingPong task) throws IOException {
      toCoordinator = Relay.plain();
      toWorker = Relay.plain();
      coordinator = new Coordinator(toCoordinator.behind(settings), Nodes.CODE, 2, line -> {});
      worker =
          new Worker(
              toWorker.behind(settings), Nodes.CODE, "127.0.0.1", toCoordinator.port(), told::add,
              new Worker.Trades(List.of(task.reader()), List.of(), 1));
      served =
          CompletableFuture.runAsync(worker::serve, run -> new Thread(run).start())
              .handle((done, thrown) -> thrown);
      coordinator.form(() -> {});
    }

    @Override
    public void close() {
      coordinator.close();
      worker.close();
      served.orTimeout(30, TimeUnit.SECONDS).join();
      toCoordinator.close();
      toWorker.close();
    }
  }

  /** Tells when a ball has come that far. */
  private static PingPong until(long balls, CountDownLatch far) {
    return PingPong.of(
        balls, 0,
        ball -> {
          if (ball > 50) {
            far.countDown();
          }
        });
  }

  private static CompletableFuture<Void> after(CountDownLatch far, Runnable action) {
    return CompletableFuture.runAsync(
        () -> {
          PingPong.await(far);
          action.run();
        },
        run -> new Thread(run).start());
  }

  private static void shouldBeAsAlone(PingPong task, Network network, RunOutcome outcome) {
    assertThat(network.coordinator.lost()).isEmpty();
    assertThat(outcome.complete()).isTrue();
    PingPong calm = PingPong.of(task.balls(), 0, ball -> {});
    try (SystemPool alone = new SystemPool()) {
      assertThat(outcome.fingerprint()).isEqualTo(calm.outcome(alone).fingerprint());
    }
  }

  @ParameterizedTest
  @EnumSource(Tear.class)
  void shouldNameNodeAndWindowOnBothSidesWhenTheNetworkIsTorn(Tear tear) throws IOException {
    CountDownLatch far = new CountDownLatch(1);
    PingPong task = until(PingPong.ENDLESS, far);
    try (Network network = new Network(SETTINGS, task)) {
      CompletableFuture<Void> torn = after(far, () -> tear.done.accept(network));
      RunOutcome outcome = task.runOn(network.coordinator);
      torn.join();

      assertThat(outcome.complete()).isFalse();
      assertThat(outcome.events()).as("what there was").isGreaterThan(20);
      assertThat(network.coordinator.lost().orElseThrow().getMessage())
          .matches(
              "node " + network.worker.label() + ": (lost " + network.coordinator.label() + ": )?"
                  + SILENT);
      assertThat(network.served.orTimeout(30, TimeUnit.SECONDS).join().getCause())
          .isInstanceOf(ClusterProblem.class)
          .hasMessageContaining("lost " + network.coordinator.label());
      assertThat(network.told)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .matches(
                          "run 1 is over: node " + network.coordinator.label() + ": " + SILENT));
    }
  }

  @Test
  void shouldComeToTheSameWhenTheNetworkIsSilentForAWhile() throws IOException {
    CountDownLatch far = new CountDownLatch(1);
    PingPong task = until(200, far);
    try (Network network = new Network(NodeSettings.local(0).with(Nodes.PATIENT), task)) {
      CompletableFuture<Void> silent =
          after(
              far,
              () -> {
                network.toWorker.stall();
                PingPong.pause(500);
                network.toWorker.open();
              });
      RunOutcome outcome = task.runOn(network.coordinator);
      silent.join();

      shouldBeAsAlone(task, network, outcome);
    }
  }

  /** Frames that are on a connection when it breaks are lost, and no transport repeats them. */
  @Test
  void shouldComeToTheSameWhenConnectionsBreak() throws IOException {
    AtomicInteger broken = new AtomicInteger();
    Network[] network = new Network[1];
    PingPong task =
        PingPong.of(
            400, 0,
            ball -> {
              if (ball % 100 == 50) {
                (ball % 200 == 50 ? network[0].toWorker : network[0].toCoordinator).reset();
                broken.incrementAndGet();
              }
            });
    try (Network open = new Network(NodeSettings.local(0).with(Nodes.PATIENT), task)) {
      network[0] = open;
      RunOutcome outcome = task.runOn(open.coordinator);

      assertThat(broken).hasValue(4);
      shouldBeAsAlone(task, open, outcome);
    }
  }

  /** Who is at work answers heartbeats; that is another patience. */
  @Test
  void shouldWaitForANodeWhenItIsSlowButNotSilent() throws IOException {
    PingPong task =
        PingPong.of(
            60, 1,
            ball -> {
              if (ball == 31) {
                PingPong.pause((SILENT_SECONDS + 2) * 1_000L);
              }
            });
    try (Network network = new Network(SETTINGS, task)) {
      shouldBeAsAlone(task, network, task.runOn(network.coordinator));
    }
  }
}

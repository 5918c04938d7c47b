package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LobbyTest {
  private static final NodeSettings SETTINGS = NodeSettings.local(0).with(Nodes.SHORT);

  private final PingPong task = PingPong.of(40, 0, ball -> {});
  private final CountDownLatch bothWait = new CountDownLatch(2);
  private final List<Worker> workers = new ArrayList<>();
  private final List<CompletableFuture<Throwable>> served = new ArrayList<>();
  private Lobby lobby;
  private CompletableFuture<Void> hosting;

  @BeforeEach
  void openWithTwoWorkers() {
    lobby =
        new Lobby(
            SETTINGS, Nodes.CODE,
            line -> {
              if (line.contains(" waits here")) {
                bothWait.countDown();
              }
            });
    hosting = CompletableFuture.runAsync(lobby::serve, run -> new Thread(run).start());
    for (int i = 0; i < 2; i++) {
      Worker worker =
          new Worker(
              SETTINGS, Nodes.CODE, "127.0.0.1", lobby.port(), line -> {},
              new Worker.Trades(
                  List.of(task.reader()), List.of(ChoreShareTest.kind(ChoreShareTest::done)), 1));
      workers.add(worker);
      served.add(
          CompletableFuture.runAsync(worker::serve, run -> new Thread(run).start())
              .handle((done, thrown) -> thrown));
    }
  }

  @AfterEach
  void close() {
    workers.forEach(Worker::close);
    served.forEach(each -> each.orTimeout(30, TimeUnit.SECONDS).join());
    lobby.close();
    hosting.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private Coordinator guest(CodeIdentity code) {
    return Coordinator.guest(SETTINGS, code, "127.0.0.1", lobby.port(), line -> {});
  }

  private Coordinator guest() throws InterruptedException {
    assertThat(bothWait.await(60, TimeUnit.SECONDS)).isTrue();
    return guest(Nodes.CODE);
  }

  private RunOutcome alone() {
    try (SystemPool pool = new SystemPool()) {
      return task.outcome(pool);
    }
  }

  @Test
  void shouldServeOneAfterTheOtherWhenTheyCome() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      try (Coordinator first = guest()) {
        first.form(() -> {});
        assertThat(first.size()).isEqualTo(3);
        assertThat(task.runOn(first).fingerprint()).isEqualTo(alone().fingerprint());
        assertThat(task.runOn(first).fingerprint()).isEqualTo(alone().fingerprint());
        assertThat(first.lost()).isEmpty();
      }
      try (Coordinator second = guest()) {
        second.form(() -> {}, true);
        try (ChoreShare share =
            second.share(ChoreShareTest.kind(ChoreShareTest::done), 1)) {
          assertThat(ChoreShareTest.run(share, 30)).isEqualTo(ChoreShareTest.expected(30));
        }
      }
    }
    assertThat(served).allMatch(each -> !each.isDone());
  }

  @Test
  void shouldGoOnWhenAGuestIsGoneWithoutGoodbye() throws InterruptedException {
    Coordinator rude = guest();
    rude.form(() -> {});
    rude.vanish();
    try (Coordinator next = guest()) {
      next.form(() -> {});
      assertThat(task.runOn(next).fingerprint()).isEqualTo(alone().fingerprint());
    }
  }

  @Test
  void shouldRefuseAnotherWhenItIsBusy() throws InterruptedException {
    try (Coordinator first = guest();
        Coordinator second = guest()) {
      first.form(() -> {});

      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(() -> second.form(() -> {}))
          .withMessageContaining("refused this run: it works for " + first.label())
          .matches(problem -> !problem.isUsage());
    }
  }

  @Test
  void shouldNameBothProgramsWhenAGuestRunsAnother() throws InterruptedException {
    CodeIdentity other = new CodeIdentity("9.9", "feedfeedfeedfeed");
    assertThat(bothWait.await(60, TimeUnit.SECONDS)).isTrue();
    try (Coordinator stranger = guest(other)) {
      assertThatExceptionOfType(ClusterProblem.class)
          .isThrownBy(() -> stranger.form(() -> {}))
          .withMessageContainingAll(other.toString(), Nodes.CODE.toString());
    }
  }
}

package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.shootdown.engine.SystemPool.HandOver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that share an actor system, one after another, must not notice. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SystemPoolTest {
  private static RunOutcome run(SystemPool pool, Blueprint blueprint, RunOptions options) {
    return new Simulation(pool, blueprint, options, Optional.empty()).run();
  }

  private static RunOutcome gossip(SystemPool pool, int workers) {
    return run(pool, Gossip.blueprint(3, 8), Lab.epochs(3_000).withWorkers(workers));
  }

  private static Blueprint failing() {
    Blueprint.Builder builder = Blueprint.builder();
    builder.component(
        "culprit",
        Lab.part(
            ctx -> {
              ctx.after(40, "go");
              ctx.after(50, "left behind");
            },
            (ctx, message) -> {
              ctx.mark(new Lab.Note("about to fail"));
              throw new IllegalStateException("broken");
            }));
    builder.component("other", Lab.part(ctx -> ctx.after(60, "left behind"), (ctx, m) -> {}));
    return Lab.wire(builder, "culprit", "x", "other", 100).build();
  }

  @ParameterizedTest
  @CsvSource({"DIRECT, 1", "MAILBOX, 1", "DIRECT, 2", "MAILBOX, 2"})
  void shouldRepeatTheFingerprintWhenTwoHundredRunsShareAPool(HandOver handOver, int workers) {
    try (SystemPool pool = new SystemPool(handOver)) {
      RunOutcome first = gossip(pool, workers);
      for (int i = 1; i < 200; i++) {
        RunOutcome next = gossip(pool, workers);
        assertThat(next.fingerprint()).as("run %d", i).isEqualTo(first.fingerprint());
        assertThat(next.events()).as("run %d", i).isEqualTo(first.events());
        assertThat(next.endPs()).as("run %d", i).isEqualTo(first.endPs());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"DIRECT, 1", "MAILBOX, 1", "DIRECT, 2", "MAILBOX, 2"})
  void shouldNotNoticeWhenTheRunBeforeFailedOrWasCutShort(HandOver handOver, int workers) {
    try (SystemPool pool = new SystemPool(handOver)) {
      RunOutcome before = gossip(pool, workers);
      for (int i = 0; i < 5; i++) {
        RunOutcome failed = run(pool, failing(), RunOptions.plain().withWorkers(workers));
        assertThat(failed.failure().orElseThrow().line()).contains("culprit", "40 ps", "broken");
        RunOutcome cut = run(pool, Gossip.blueprint(3, 8), Lab.until(2_500).withWorkers(workers));
        assertThat(cut.complete()).isFalse();

        RunOutcome after = gossip(pool, workers);
        assertThat(after.failure()).isEmpty();
        assertThat(after.fingerprint()).isEqualTo(before.fingerprint());
      }
    }
  }

  @Test
  void shouldServeDifferentNumbersOfWorkersWhenOnePoolIsAskedForAll() {
    try (SystemPool pool = new SystemPool()) {
      List<Fingerprint> prints = new ArrayList<>();
      for (int workers : new int[] {1, 2, 3, 1, 2, 3, 50}) {
        prints.add(gossip(pool, workers).fingerprint());
      }

      assertThat(prints).containsOnly(prints.get(0));
    }
  }

  @Test
  void shouldNotMeetWhenTwoPoolsRunAtOnce() {
    Fingerprint alone;
    try (SystemPool pool = new SystemPool()) {
      alone = gossip(pool, 1).fingerprint();
    }
    List<CompletableFuture<List<Fingerprint>>> threads = new ArrayList<>();
    for (HandOver handOver : HandOver.values()) {
      threads.add(CompletableFuture.supplyAsync(() -> twentyRuns(new SystemPool(handOver))));
    }

    for (CompletableFuture<List<Fingerprint>> thread : threads) {
      assertThat(thread.join()).hasSize(20).containsOnly(alone);
    }
  }

  @Test
  void shouldNotMeetWhenTwoRunsUseOnePoolAtOnce() {
    SystemPool shared = new SystemPool();
    CompletableFuture<List<Fingerprint>> one =
        CompletableFuture.supplyAsync(() -> someRuns(shared));
    CompletableFuture<List<Fingerprint>> two =
        CompletableFuture.supplyAsync(() -> someRuns(shared));

    assertThat(one.join()).isEqualTo(two.join()).hasSize(20);
    shared.close();
  }

  private static List<Fingerprint> twentyRuns(SystemPool own) {
    try (own) {
      return someRuns(own);
    }
  }

  private static List<Fingerprint> someRuns(SystemPool pool) {
    List<Fingerprint> prints = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      prints.add(gossip(pool, 1).fingerprint());
    }
    return prints;
  }

  @Test
  void shouldGoOnWithAFreshSystemWhenARunBrokeTheEngineItself() {
    try (SystemPool pool = new SystemPool()) {
      RunOutcome before = gossip(pool, 1);
      Observer broken =
          (atPs, component, fact) -> {
            throw new IllegalStateException("an observer must not throw");
          };
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  new Simulation(
                          pool, Gossip.blueprint(3, 8), RunOptions.plain(), Optional.of(broken))
                      .run())
          .withMessageContaining("observer");

      assertThat(gossip(pool, 1).fingerprint()).isEqualTo(before.fingerprint());
    }
  }

  @Test
  void shouldReachTheCallerWhenAnObserverThrowsOnSeveralWorkers() {
    try (SystemPool pool = new SystemPool()) {
      RunOutcome before = gossip(pool, 2);
      Observer broken =
          (atPs, component, fact) -> {
            throw new IllegalStateException("an observer must not throw");
          };
      RunOptions options = RunOptions.plain().withWorkers(2);
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  new Simulation(pool, Gossip.blueprint(3, 8), options, Optional.of(broken)).run())
          .withMessageContaining("observer");

      assertThat(gossip(pool, 2).fingerprint()).isEqualTo(before.fingerprint());
    }
  }

  @Test
  void shouldRefuseARunWhenThePoolIsClosed() {
    SystemPool pool = new SystemPool();
    pool.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> gossip(pool, 1))
        .withMessageContaining("closed");
  }
}

package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualTimeTest {
  /** A part that wakes every {@code periodPs}, for ever. */
  private static Blueprint.Builder ticking(Blueprint.Builder builder, String name, long periodPs) {
    return builder.component(
        name,
        Lab.part(
            ctx -> ctx.after(periodPs, "tick"), (ctx, message) -> ctx.after(periodPs, "tick")));
  }

  @Test
  void shouldNeverRunBackwardsWhenPartsTalkAtRandom() {
    List<Long> times = new ArrayList<>();
    for (Lab.Seen seen : Lab.observed(Gossip.blueprint(4, 40), RunOptions.plain())) {
      times.add(seen.atPs());
    }

    assertThat(times).isSorted().hasSizeGreaterThan(500);
    assertThat(times.get(times.size() - 1)).isGreaterThan(Gossip.HOP_PS);
  }

  @Test
  void shouldEndWithNothingLeftWhenNoEventIsPending() {
    Blueprint blueprint =
        Blueprint.builder().component("a", Lab.starter(ctx -> ctx.after(25, "once"))).build();
    RunOutcome outcome = Lab.run(blueprint);

    assertThat(outcome.complete()).isTrue();
    assertThat(outcome.events()).isEqualTo(1);
    assertThat(outcome.endPs()).isEqualTo(25);
    assertThat(outcome.windows().count()).isEqualTo(1);
    assertThat(outcome.windows().eventsByPartition()).containsExactly(1L);
  }

  @Test
  void shouldEndAtOnceWhenThereIsNoComponent() {
    RunOutcome outcome = Lab.run(Blueprint.builder().build());

    assertThat(outcome.complete()).isTrue();
    assertThat(outcome.events()).isZero();
    assertThat(outcome.endPs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldDeliverOnlyWhatIsBeforeTheLimitWhenThereIsOne(int workers) {
    Blueprint.Builder builder = Blueprint.builder();
    ticking(ticking(builder, "a", 10), "b", 15);
    Lab.wire(builder, "a", "unused", "b", 5);
    RunOutcome outcome = Lab.run(builder.build(), Lab.until(60).withWorkers(workers));

    // a: 10 to 50, b: 15, 30, 45; what falls on 60 itself stays.
    assertThat(outcome.events()).isEqualTo(5 + 3);
    assertThat(outcome.endPs()).isEqualTo(50);
    assertThat(outcome.complete()).isFalse();
    assertThat(outcome.failure()).isEmpty();
  }

  @Test
  void shouldBeCompleteWhenTheLastEventIsBeforeTheLimit() {
    Blueprint blueprint =
        Blueprint.builder().component("a", Lab.starter(ctx -> ctx.after(59, "once"))).build();

    assertThat(Lab.run(blueprint, Lab.until(60)).complete()).isTrue();
    assertThat(Lab.run(blueprint, Lab.until(59)).complete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldEndEarlyWhenTheStopFlagIsRaised(int workers) {
    long limitPs = 1_000_000;
    StopFlag stop = new StopFlag();
    Blueprint.Builder builder = Blueprint.builder();
    ticking(builder, "a", 10);
    builder.component(
        "b",
        Lab.part(ctx -> ctx.after(500, "now"), (ctx, message) -> stop.raise()));
    Lab.wire(builder, "a", "unused", "b", 100);
    RunOptions options =
        new RunOptions(1, Optional.empty(), limitPs, 100_000_000L, workers, stop);
    RunOutcome outcome = Lab.run(builder.build(), options);

    assertThat(stop.isRaised()).isTrue();
    assertThat(outcome.endPs()).isLessThan(limitPs / 2);
    assertThat(outcome.complete()).isFalse();
    assertThat(outcome.failure()).isEmpty();
  }

  @Test
  void shouldReportNoProgressWhenNothingRuns() {
    try (SystemPool pool = new SystemPool()) {
      Simulation run =
          new Simulation(
              pool, Gossip.blueprint(1, 2), RunOptions.plain(), Optional.empty());
      run.run();

      assertThat(run.progressPs()).isZero();
      assertThat(run.progressEvents()).isZero();
    }
  }

  @Test
  void shouldSkipEmptyStretchesWhenEventsAreFarApart() {
    Blueprint.Builder builder = Blueprint.builder();
    ticking(ticking(builder, "a", 1_000_000_000L), "b", 1_000_000_000L);
    Lab.wire(builder, "a", "unused", "b", 100);
    RunOutcome outcome = Lab.run(builder.build(), Lab.until(10_000_000_001L).withWorkers(2));

    // Ten instants with work, ten million lookaheads of virtual time.
    assertThat(outcome.windows().lookaheadPs()).isEqualTo(100);
    assertThat(outcome.windows().count()).isBetween(10L, 13L);
    assertThat(outcome.windows().eventsByPartition()).containsExactly(10L, 10L);
  }

  private static Blueprint lying(long arrivesAfterPs, long minimumPs) {
    Blueprint.Builder builder =
        Blueprint.builder()
            .component("r", Lab.listener((ctx, message) -> {}))
            .component(
                "s",
                Lab.part(
                    ctx -> ctx.after(50, "go"), (ctx, message) -> Lab.send(ctx, "wire", "early")));
    Link link =
        new Link() {
          @Override
          public long arrivalPs(long nowPs, Object message, Dice dice) {
            return nowPs + arrivesAfterPs;
          }

          @Override
          public long minimumPs() {
            return minimumPs;
          }
        };
    return builder.connect("s", "wire", Lab.inlet(builder, "r"), link).build();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldFailTheSenderWhenALinkDeliversIntoThePast(int workers) {
    Failure failure =
        Lab.run(lying(-1, 10), RunOptions.plain().withWorkers(workers)).failure().orElseThrow();

    assertThat(failure.component()).isEqualTo("s");
    assertThat(failure.atPs()).isEqualTo(50);
    assertThat(failure.message()).isEqualTo("go");
    assertThat(failure.what()).contains("wire").contains("past");
  }

  /** Sooner than promised is into another partition's past, even if it is not into the sender's. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldFailTheSenderWhenALinkDeliversSoonerThanItsMinimum(int workers) {
    Failure failure =
        Lab.run(lying(3, 10), RunOptions.plain().withWorkers(workers)).failure().orElseThrow();

    assertThat(failure.component()).isEqualTo("s");
    assertThat(failure.atPs()).isEqualTo(50);
    assertThat(failure.what()).contains("wire");
  }

  @Test
  void shouldFailThePartWhenItsDelayIsNegativeOrBeyondTime() {
    for (long delayPs : new long[] {-1, Long.MAX_VALUE}) {
      Blueprint blueprint =
          Blueprint.builder()
              .component(
                  "a", Lab.part(ctx -> ctx.after(1, "x"), (ctx, m) -> ctx.after(delayPs, "never")))
              .build();
      Failure failure = Lab.run(blueprint).failure().orElseThrow();

      assertThat(failure.component()).isEqualTo("a");
      assertThat(failure.atPs()).isEqualTo(1);
    }
  }
}

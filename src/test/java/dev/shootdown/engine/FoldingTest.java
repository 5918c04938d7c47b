package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.engine.SystemPool.HandOver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thread that runs all parts, for the whole run or for a while, changes nothing. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FoldingTest {
  private static final long HOP_PS = 100;

  /** Windows of each phase, some three times as many as lie between two looks. */
  private static final int PHASE = 800;

  private static final int PHASES = 6;
  private static final int CROWD = 30;

  /** What came out of a run, and how it went. */
  private record Ran(RunOutcome outcome, List<Lab.Seen> seen, WindowReport report) {}

  private static final class Watch implements RunWatch {
    private long ticks;
    private WindowReport report;

    @Override
    public long nanoTime() {
      return ticks++;
    }

    @Override
    public void placed(PlacementReport placed) {
      report = null;
    }

    @Override
    public void ended(WindowReport ended) {
      report = ended;
    }
  }

  private static Ran run(
      Blueprint blueprint, RunOptions options, int sharedFrom, HandOver handOver) {
    List<Lab.Seen> seen = new ArrayList<>();
    Watch watch = new Watch();
    try (SystemPool pool = new SystemPool(handOver)) {
      Observer observer = (atPs, component, fact) -> seen.add(new Lab.Seen(atPs, component, fact));
      RunOutcome outcome =
          new Simulation(pool.watchedBy(watch), blueprint, options, Optional.of(observer))
              .sharedFrom(sharedFrom).run();
      return new Ran(outcome, seen, watch.report);
    }
  }

  private static Ran run(Blueprint blueprint, RunOptions options, int sharedFrom) {
    return run(blueprint, options, sharedFrom, HandOver.DIRECT);
  }

  private static void assertSame(Ran one, Ran other) {
    assertThat(one.outcome().failure()).isEmpty();
    assertThat(one.outcome().fingerprint()).isEqualTo(other.outcome().fingerprint());
    assertThat(one.outcome().events()).isEqualTo(other.outcome().events());
    assertThat(one.outcome().endPs()).isEqualTo(other.outcome().endPs());
    assertThat(one.outcome().complete()).isEqualTo(other.outcome().complete());
    assertThat(one.seen()).isEqualTo(other.seen());
  }

  @ParameterizedTest
  @CsvSource({"2, DIRECT", "3, DIRECT", "2, MAILBOX", "3, MAILBOX"})
  void shouldComeToTheSameWhenNothingIsShared(int workers, HandOver handOver) {
    RunOptions options = Lab.epochs(5_000);
    Ran alone = run(Gossip.blueprint(4, 30), options, 0, handOver);
    Ran shared = run(Gossip.blueprint(4, 30), options.withWorkers(workers), 0, handOver);
    Ran folded =
        run(
            Gossip.blueprint(4, 30), options.withWorkers(workers), Simulation.NEVER_SHARED,
            handOver);

    assertThat(alone.seen()).hasSizeGreaterThan(400);
    assertSame(shared, alone);
    assertSame(folded, alone);
    assertThat(shared.report().folded()).isEqualTo(new WindowReport.Folded(0, 0));
    assertThat(folded.report().folded().events()).isEqualTo(alone.outcome().events());
    assertThat(folded.outcome().windows().count()).isEqualTo(shared.outcome().windows().count());
    assertThat(folded.outcome().windows().lookaheadPs()).isEqualTo(Gossip.HOP_PS);
  }

  /** A crowd that says much in every other phase, and one part that always says something. */
  private static Blueprint changing(List<String> threads) {
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < CROWD; i++) {
      int number = i;
      builder.component(
          "part-" + i,
          Lab.part(
              ctx -> ctx.after(1 + number % 7, "tick"),
              (ctx, message) -> {
                if (message.equals("hello")) {
                  ctx.mark(new Lab.Note("hello " + ctx.dice().below(100)));
                  return;
                }
                ctx.mark(new Lab.Note("tick"));
                long phase = ctx.nowPs() / (PHASE * HOP_PS);
                if (number == CROWD - 1) {
                  note(threads, Thread.currentThread().getName());
                } else if (phase % 2 == 1) {
                  ctx.after((phase + 1) * PHASE * HOP_PS + number % 7 - ctx.nowPs(), "tick");
                  return;
                }
                if (phase < PHASES) {
                  Lab.send(ctx, "next", "hello");
                  ctx.after(HOP_PS, "tick");
                }
              }),
          i * 2 / CROWD);
    }
    for (int i = 0; i < CROWD; i++) {
      Lab.wire(builder, "part-" + i, "next", "part-" + (i + 1) % CROWD, HOP_PS);
    }
    return builder.build();
  }

  private static void note(List<String> threads, String name) {
    if (threads.isEmpty() || !threads.get(threads.size() - 1).equals(name)) {
      threads.add(name);
    }
  }

  @ParameterizedTest
  @EnumSource(HandOver.class)
  void shouldShareAgainWhenWindowsGrowAndFoldWhenTheyShrink(HandOver handOver) {
    List<String> threads = new ArrayList<>();
    Ran alone = run(changing(new ArrayList<>()), Lab.epochs(50_000), 0);
    Ran folded =
        run(changing(threads), Lab.epochs(50_000).withWorkers(2), CROWD / 2, handOver);

    assertSame(folded, alone);
    String own = Thread.currentThread().getName();
    assertThat(threads)
        .containsExactly(
            "shootdown-worker-1", own, "shootdown-worker-1", own, "shootdown-worker-1", own);
    // Quiet phases but for the time until they are seen, and loud ones until they are seen.
    WindowReport report = folded.report();
    assertThat(report.folded().windows()).isBetween(PHASES / 2 * (PHASE - 256L), PHASES * 800L);
    assertThat(report.windows()).isGreaterThanOrEqualTo((long) PHASES * PHASE);
    assertThat(report.events()).hasSize(2);
    assertThat(report.events().get(0) - report.events().get(1))
        .isCloseTo(report.folded().events(), Percentage.withPercentage(10));
  }

  @Test
  void shouldDecideByEventsAloneWhoeverIsFaster() {
    List<WindowReport.Folded> reports = new ArrayList<>();
    for (int workers : List.of(2, 2, 3)) {
      RunOptions options = Lab.epochs(50_000).withWorkers(workers);
      reports.add(run(changing(new ArrayList<>()), options, CROWD / 2).report().folded());
    }

    assertThat(reports).allMatch(reports.get(0)::equals);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Simulation.NEVER_SHARED})
  void shouldNameTheEarliestWhenPartsFail(int sharedFrom) {
    Ran ran = run(FailureTest.failing(), RunOptions.plain().withWorkers(2), sharedFrom);

    Failure failure = ran.outcome().failure().orElseThrow();
    assertThat(failure.component()).isEqualTo("a");
    assertThat(failure.atPs()).isEqualTo(200);
    assertThat(ran.outcome().complete()).isFalse();
  }

  @Test
  void shouldEndWithWhatTheObserverThrewAndLetAllThreadsGo() {
    List<Thread> judges = new ArrayList<>();
    Observer observer =
        (atPs, component, fact) -> {
          if (atPs > 60_000) {
            judges.add(Thread.currentThread());
            throw new IllegalStateException("no such page");
          }
        };
    try (SystemPool pool = new SystemPool()) {
      Simulation simulation =
          new Simulation(
              pool, changing(new ArrayList<>()), RunOptions.plain().withWorkers(3),
              Optional.of(observer));

      assertThatThrownBy(simulation.sharedFrom(Simulation.NEVER_SHARED)::run)
          .hasMessageContaining("no such page");
      assertThat(judges).hasSize(1);
      assertThat(judges.get(0).getName()).isEqualTo("shootdown-worker-1");
      assertThat(judges.get(0).isAlive()).isFalse();
    }
  }

  @Test
  void shouldStopSoonWhenTheStopFlagIsRaised() {
    StopFlag stop = new StopFlag();
    Blueprint.Builder builder = Blueprint.builder();
    for (String name : List.of("a", "b")) {
      builder.component(
          name,
          Lab.part(
              ctx -> ctx.after(10, "tick"),
              (ctx, message) -> {
                ctx.mark(new Lab.Note("tick"));
                ctx.after(10, "tick");
                if (ctx.nowPs() == 50_000) {
                  stop.raise();
                }
              }));
    }
    Lab.wire(builder, "a", "unused", "b", 100);
    RunOptions options =
        new RunOptions(1, Optional.empty(), 1_000_000_000L, 100_000_000L, 2, stop);
    Ran ran = run(builder.build(), options, Simulation.NEVER_SHARED);

    assertThat(ran.outcome().complete()).isFalse();
    assertThat(ran.outcome().failure()).isEmpty();
    assertThat(ran.outcome().endPs()).isBetween(50_000L, 50_200L);
    assertThat(ran.seen()).hasSize((int) ran.outcome().events());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7_777, 120_000, 120_001, 250_050})
  void shouldEndWhereItShouldWhenTheTimeLimitIsReached(long untilPs) {
    Ran alone = run(changing(new ArrayList<>()), Lab.until(untilPs), 0);
    for (int sharedFrom : List.of(CROWD / 2, Simulation.NEVER_SHARED)) {
      RunOptions options = Lab.until(untilPs).withWorkers(2);
      assertSame(run(changing(new ArrayList<>()), options, sharedFrom), alone);
    }
  }

  /** A part that leaves while another thread runs it, and one that is told something afterwards. */
  @ParameterizedTest
  @EnumSource(HandOver.class)
  void shouldLetPartsStopWhileAnotherThreadRunsThem(HandOver handOver) {
    List<String> stopped = new ArrayList<>();
    Blueprint.Builder builder = Blueprint.builder();
    for (String name : List.of("a", "b")) {
      builder.component(
          name,
          (Ctx<Object> ctx) ->
              Behaviors.setup(
                  context -> {
                    ctx.after(500, "leave");
                    return Behaviors.receive(Object.class)
                        .onMessage(
                            Object.class,
                            message -> {
                              ctx.mark(new Lab.Note("leaves"));
                              return Behaviors.stopped();
                            })
                        .onSignal(
                            PostStop.class,
                            signal -> {
                              stopped.add(name + " at " + ctx.nowPs());
                              return Behaviors.same();
                            })
                        .build();
                  }),
          name.equals("a") ? 0 : 1);
    }
    builder.component("c", Lab.starter(ctx -> ctx.after(900, "later")));
    Lab.wire(builder, "a", "unused", "b", 100);
    Ran ran =
        run(
            builder.build(), RunOptions.plain().withWorkers(2), Simulation.NEVER_SHARED,
            handOver);

    assertThat(ran.outcome().failure()).isEmpty();
    assertThat(ran.outcome().complete()).isTrue();
    assertThat(stopped).containsExactly("a at 500", "b at 500");
    assertThat(ran.outcome().endPs()).isEqualTo(900);
  }
}

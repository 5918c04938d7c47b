package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.config.ConfigProblems;
import dev.shootdown.report.ResultProblem;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.Scenarios;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  private static final String AXES =
      """
      sweep {
        axes = [ { path = kernel.era, values = [B, C] }, { path = pages, values = [1, 2, 20] } ]
        repeat = 3
      }
      """;
  private static LocalRunner runner;

  @TempDir private Path folder;
  private final Watch watch = new Watch();

  @BeforeAll
  static void open() {
    runner = new LocalRunner();
  }

  @AfterAll
  static void close() {
    runner.close();
  }

  /** Stops when so many runs have ended or begun: who keeps runs may be behind who makes them. */
  private static final class Watch implements SweepWatch {
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private volatile int stopAfter = Integer.MAX_VALUE;
    private int total;

    @Override
    public void planned(int done, int newTotal) {
      total = newTotal;
    }

    @Override
    public void ended(RunResult result) {
      ended.incrementAndGet();
    }

    @Override
    public boolean isStopped() {
      return Math.max(ended.get(), begun.get()) >= stopAfter;
    }
  }

  private Path directory(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private PointRunner counting(PointRunner with) {
    return (scenario, seed) -> {
      watch.begun.incrementAndGet();
      return with.run(scenario, seed);
    };
  }

  private boolean sweep(SweepPlan plan, Path into, PointRunner with, int jobs) {
    PointLoader loader = PointLoader.of(plan);
    try (SweepStore store = SweepStore.open(into, plan, "1.0")) {
      boolean complete =
          new Sweep(plan, loader, store, with, watch)
              .run(plan.points(), Sweep.check(loader, plan, plan.points()), jobs);
      Exports.write(into, new Analysis(plan, store), store, Plans.SURROUNDINGS);
      return complete;
    }
  }

  private static TreeMap<String, String> exports(Path directory) {
    TreeMap<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> !f.toString().contains("sqlite")).toList()) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return texts;
  }

  @Test
  void shouldWriteTheSameBytesWhenItWasStoppedOrRanElsewise() {
    SweepPlan plan = Plans.of(folder, AXES);
    Path whole = directory("whole");
    assertThat(sweep(plan, whole, runner, 1)).isTrue();

    Path pieces = directory("pieces");
    watch.begun.set(watch.ended.get());
    watch.stopAfter = watch.ended.get() + 4;
    assertThat(sweep(plan, pieces, counting(runner), 3)).isFalse();
    watch.stopAfter = Integer.MAX_VALUE;
    assertThat(sweep(plan, pieces, runner, 2)).isTrue();

    assertThat(exports(whole)).containsOnlyKeys(
        "config.conf", "findings.txt", "histograms.csv", "index.csv", "metrics.csv", "paired.csv",
        "percentiles.csv", "sensitivity.csv", "summary.csv", "sweep.json");
    assertThat(exports(pieces)).isEqualTo(exports(whole));
    assertThat(exports(whole).get("index.csv").lines()).hasSize(1 + 18);
    assertThat(exports(whole).get("findings.txt")).startsWith("18 runs of 6 points: 18 clean.");
  }

  @Test
  void shouldRunOnlyWhatIsMissingWhenMoreRepetitionsAreAsked() {
    Path into = directory("more");
    sweep(Plans.of(folder, AXES), into, runner, 2);
    assertThat(watch.ended).hasValue(18);

    sweep(Plans.of(folder, AXES + "sweep.repeat = 5"), into, runner, 2);
    assertThat(watch.ended).hasValue(30);
    sweep(Plans.of(folder, AXES + "sweep.repeat = 2"), into, runner, 2);
    assertThat(watch.ended).hasValue(30);
  }

  @Test
  void shouldGiveWhatASingleRunGivesWhenAPointIsRun() {
    SweepPlan plan = Plans.of(folder, AXES);
    Path into = directory("same");
    sweep(plan, into, runner, 2);
    Point point = plan.points().get(5);
    List<String> arguments = plan.arguments(point, 2);
    ScenarioResult alone =
        runner.run(
                Scenarios.load(
                        plan.source().file(), Optional.empty(), Optional.empty(),
                        arguments.subList(1, arguments.size()), folder)
                    .get(0).scenario(),
                plan.seedOf(point, 2))
            .result();

    assertThat(arguments).contains("kernel.era=C", "sweep.let.pages=20", "run.seed=3");
    try (SweepStore store = SweepStore.read(into)) {
      assertThat(store.table().ending(17).fingerprint())
          .isEqualTo(alone.outcome().fingerprint().total());
      assertThat(store.table().value(17, "munmap.latency_mean_ps"))
          .isEqualTo(alone.judgement().rows().get(0).elapsedPs());
      assertThat(store.table().value(17, "munmap.requested_pages")).isGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void shouldVaryATroubleByItsNameWhenItsDelayIsAnAxis() {
    String late =
        """
        trouble { late { wire = "iommu0 -> cpu0", message = any, delay = 1ns } }
        wires.reach.latency { kind = constant, min = 60ns, mean = null }
        """;
    SweepPlan plan =
        Plans.of(
            folder, late + "sweep.repeat = 1\n", "trouble.late.delay=1us,5us");
    Path into = directory("late");
    assertThat(sweep(plan, into, runner, 1)).isTrue();

    try (SweepStore store = SweepStore.read(into)) {
      double early = store.table().value(0, "munmap.latency_mean_ps");
      assertThat(store.table().value(1, "munmap.latency_mean_ps") - early).isEqualTo(4e6);
    }
    assertThat(Plans.problems(folder, late, "trouble.soon.delay=1us,5us").toString())
        .contains("trouble.soon.wire: missing");
  }

  @Test
  void shouldPairLevelsUnderTheSameDiceWhenSeedsArePerRepetition() {
    SweepPlan plan = Plans.of(folder, AXES);
    Path into = directory("paired");
    sweep(plan, into, runner, 2);
    try (SweepStore store = SweepStore.read(into)) {
      Analysis analysis = new Analysis(plan, store);
      Pairing eras =
          analysis.pairings().stream()
              .filter(each -> each.axis().equals("kernel.era"))
              .filter(each -> each.metric().equals("munmap.latency_mean_ps"))
              .findFirst().orElseThrow();

      assertThat(eras.pairs()).isEqualTo(3);
      assertThat(eras.means().difference().n()).isEqualTo(3);
      assertThat(eras.means().difference().mean())
          .isCloseTo(eras.means().to() - eras.means().from(),
              org.assertj.core.api.Assertions.within(1e-3));
      assertThat(analysis.sensitivities()).anyMatch(each -> each.axis().equals("pages")
          && each.metric().equals("munmap.flushed_pages") && each.most().level().equals("20"));
    }
  }

  @Test
  void shouldCountOnlyTheRegionOfInterestWhenThereIsOne() {
    SweepPlan plan = Plans.of(folder, AXES + "sweep.warm-up = 1s");
    Path into = directory("window");
    sweep(plan, into, runner, 2);
    try (SweepStore store = SweepStore.read(into)) {
      assertThat(store.table().metrics()).contains("run.events_count")
          .noneMatch(metric -> metric.startsWith("munmap"));
    }
  }

  @Test
  void shouldTellHowLongFaultsWaitedWhenADeviceAsksForPages() {
    String faulting =
        """
        machine.parts = [
          { name = cpu0, type = cpu }, { name = cpu1, type = cpu }
          { name = iommu0, type = iommu }, { name = memory0, type = memory }
          { name = nic0, type = ats-device, iommu = iommu0
            page-requests { capacity = 8, allocation = 8 } }
        ]
        processes = [ { name = app, devices = [nic0], areas = [
          { name = a, at = "0x7f0000000000", pages = ${sweep.let.pages}, mapped = false } ] } ]
        workload = [ { cpu = cpu1, serves = page-requests } ]
        dma = [
          { device = nic0, process = app, area = a, access = write, at = 1us }
          { device = nic0, process = app, area = a, access = write, at = 40us }
        ]
        sweep.axes = [ { path = kernel.page-requests.entry, values = [500ns, 20us] } ]
        sweep.starved-after = 10us
        """;
    SweepPlan plan = Plans.of(folder, faulting);
    Path into = directory("faults");
    sweep(plan, into, runner, 2);
    try (SweepStore store = SweepStore.read(into)) {
      RunTable table = store.table();

      assertThat(table.value(0, "fault.raised_count")).isEqualTo(1);
      assertThat(table.value(0, "fault.starved_ratio")).isZero();
      assertThat(table.value(1, "fault.starved_ratio")).isEqualTo(1);
      assertThat(table.value(1, "fault.open_count")).isZero();
      // The thread begins 19.5 us later, and nothing else differs.
      assertThat(table.value(1, "fault.wait_max_ps") - table.value(0, "fault.wait_max_ps"))
          .isEqualTo(19_500_000);
      assertThat(table.value(1, "fault.standstill_max_ps"))
          .isEqualTo(table.value(1, "fault.wait_max_ps"));
    }
  }

  @Test
  void shouldRunOnUntilTheFigureIsKnownWhenStopIsAsked() {
    String stop = "sweep.stop { figure = munmap.latency_mean_ps, half-width = 0.0001,"
        + " max-repeats = 7 }";
    sweep(Plans.of(folder, AXES + stop), directory("stop"), runner, 2);

    assertThat(watch.ended).hasValue(6 * 7);
    assertThat(watch.total).isEqualTo(6 * 7);
  }

  @Test
  void shouldSayThereIsNoSuchFigureWhenStopNamesAWrongOne() {
    SweepPlan plan =
        Plans.of(folder, AXES + "sweep.stop { figure = munmap.latency_mean_p, half-width = 0.1 }");

    assertThatThrownBy(() -> sweep(plan, directory("wrong"), runner, 2))
        .isInstanceOf(ConfigProblems.class)
        .hasMessageContaining("did you mean 'munmap.latency_mean_ps'?");
  }

  @Test
  void shouldKeepFailuresAndGoOnWhenARunFails() {
    SweepPlan plan = Plans.of(folder, AXES);
    Path into = directory("failing");
    PointRunner sometimes = (scenario, seed) -> {
      if (seed == 2) {
        throw new IllegalStateException("a part threw");
      }
      return runner.run(scenario, seed);
    };

    assertThat(sweep(plan, into, sometimes, 2)).isTrue();
    assertThat(exports(into).get("findings.txt")).startsWith("18 runs of 6 points: 12 clean, 6 ");
    try (SweepStore store = SweepStore.open(into, plan, "1.0")) {
      assertThat(store.table().ending(1).failure()).isEqualTo("a part threw");
      assertThat(store.forgetFailed()).isEqualTo(6);
    }
    sweep(plan, into, runner, 2);
    assertThat(exports(into).get("findings.txt")).startsWith("18 runs of 6 points: 18 clean.");
  }

  @Test
  void shouldEndWithTheErrorAndKeepWhatEndedWhenMemoryIsShort() {
    SweepPlan plan = Plans.of(folder, AXES);
    Path into = directory("memory");
    AtomicInteger calls = new AtomicInteger();
    PointRunner full = (scenario, seed) -> {
      if (calls.incrementAndGet() > 5) {
        throw new OutOfMemoryError("not really");
      }
      return runner.run(scenario, seed);
    };

    assertThatThrownBy(() -> sweep(plan, into, full, 2)).isInstanceOf(OutOfMemoryError.class);
    try (SweepStore store = SweepStore.open(into, plan, "1.0")) {
      assertThat(store.runs()).hasSize(5);
    }
  }

  @Test
  void shouldStopAllThreadsWhenResultsCannotBeKept() {
    List<Integer> kept = new ArrayList<>();
    Crew crew = new Crew(3, runner) {
      @Override
      boolean isStopped() {
        return false;
      }

      @Override
      void keep(List<RunResult> results) {
        kept.add(results.size());
        throw new ResultProblem("the disk is full");
      }
    };
    List<Crew.Item> items = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      RunResult.RunKey key = new RunResult.RunKey(i, 0);
      items.add(work -> work.accept(through -> RunResult.failed(key, 1, "any")));
    }

    assertThatThrownBy(() -> crew.run(items)).hasMessage("the disk is full");
    assertThat(kept).hasSize(1);
  }
}

package dev.shootdown.scenario;

import dev.shootdown.check.Court;
import dev.shootdown.check.DeviceWish;
import dev.shootdown.check.LassoCheck;
import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Checkpoints;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.engine.ObserverThread;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.ats.DmaTrace;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One run of a scenario: the machine is built, run, and judged. */
public final class ScenarioRun {
  private final Scenario scenario;
  private final int workers;
  private final Blueprint blueprint;
  private final Court court;
  private final List<TraceLine> trace = new ArrayList<>();
  private final Simulation simulation;
  private final LassoCheck lassos;
  private final Observer also;
  private Observer observer;
  private ObserverThread apart;

  /**
   * A run.
   *
   * @param workers worker threads, ≥ 1
   * @param keepTrace whether every fact is kept
   * @param stop raised to end it early
   */
  public ScenarioRun(
      SystemPool pool, Scenario scenario, long seed, int workers, boolean keepTrace,
      StopFlag stop) {
    this(pool, scenario, seed, workers, keepTrace, null, stop);
  }

  /**
   * A run that shows its facts to somebody else as well and keeps none of them itself.
   *
   * @param workers worker threads, ≥ 1
   * @param also sees every fact after the judges have
   * @param stop raised to end it early
   */
  public ScenarioRun(
      SystemPool pool, Scenario scenario, long seed, int workers, Observer also, StopFlag stop) {
    this(pool, scenario, seed, workers, false, also, stop);
  }

  private ScenarioRun(
      SystemPool pool, Scenario scenario, long seed, int workers, boolean keepTrace,
      Observer also, StopFlag stop) {
    this.scenario = scenario;
    this.workers = workers;
    this.also = also;
    this.court = new Court(scenario.run().limits(), workers(scenario), wishes(scenario));
    this.blueprint = new MachineBuilder(scenario).build();
    this.observer = keepTrace ? this::keep : also == null ? court : this::show;
    this.simulation = simulation(pool, seed, stop);
    this.lassos = new StateRepeats(scenario, seed);
  }

  private Simulation simulation(SystemPool pool, long seed, StopFlag stop) {
    Observer latest = (atPs, component, fact) -> observer.seen(atPs, component, fact);
    return new Simulation(pool, blueprint, options(seed, stop), Optional.of(latest));
  }

  /**
   * Lets the judges work on a thread of their own if the computer has more processors than the run
   * has workers; for a run that is alone on it, and to be called before {@link #run}. They come to
   * the same judgement.
   */
  public ScenarioRun judgedApart() {
    if (Runtime.getRuntime().availableProcessors() > workers) {
      apart = new ObserverThread(observer);
      observer = apart;
    }
    return this;
  }

  /**
   * Threads share windows of at least {@code events} events; to be called before {@link #run}. See
   * {@link Simulation#sharedFrom}.
   */
  public ScenarioRun sharedFrom(int events) {
    simulation.sharedFrom(events);
    return this;
  }

  /**
   * From now on this run has checkpoints; to be called before {@link #run}.
   *
   * @throws dev.shootdown.engine.BadCheckpoint by {@link #run}, if they can't be taken or gone on
   *     from
   */
  public ScenarioRun keptBy(Checkpoints checkpoints) {
    simulation.keptBy(checkpoints, this::observers);
    return this;
  }

  /** Whoever has seen the facts: all of them, when this returns. */
  private Object[] observers() {
    if (apart != null) {
      apart.settle();
    }
    return new Object[] {court, trace, also};
  }

  /** The CPUs that come to an end of their work. */
  private static List<String> workers(Scenario scenario) {
    List<String> names = new ArrayList<>();
    scenario.work().forEach((cpu, actions) -> {
      if (!actions.isEmpty() && actions.get(actions.size() - 1) instanceof Action.GoIdle) {
        names.add(cpu);
      }
    });
    return names;
  }

  /** What devices that state all they do were given to do, where nobody stops them. */
  private static List<DeviceWish> wishes(Scenario scenario) {
    List<DeviceWish> wishes = new ArrayList<>();
    for (Scenario.DevicePart part : scenario.machine().devices()) {
      boolean statesAll = !(part.kind() instanceof Scenario.DeviceKind.Own);
      List<DmaJob> jobs = scenario.dma().getOrDefault(part.name(), List.of());
      if (statesAll && jobs.stream().allMatch(job -> job.untilPs() == DmaJob.FOR_EVER)) {
        jobs.forEach(
            job -> wishes.add(
                new DeviceWish(part.name(), job.pasid(), job.page(), job.count())));
        wishes.addAll(wishes(part.name(), scenario.workOf(part).trace()));
      }
    }
    return wishes;
  }

  /** One for each page. */
  private static List<DeviceWish> wishes(String device, DmaTrace trace) {
    Map<Integer, Map<Long, Long>> counts = new TreeMap<>();
    for (int i = 0; i < trace.size(); i++) {
      counts.computeIfAbsent(trace.pasid(i), first -> new TreeMap<>())
          .merge(trace.page(i), 1L, Long::sum);
    }
    List<DeviceWish> wishes = new ArrayList<>();
    counts.forEach(
        (pasid, pages) -> pages.forEach(
            (page, count) -> wishes.add(new DeviceWish(device, pasid, page, count))));
    return wishes;
  }

  private RunOptions options(long seed, StopFlag stop) {
    RunSpec spec = scenario.run();
    return new RunOptions(seed, spec.tieSeed(), spec.untilPs(), spec.epochPs(), workers, stop);
  }

  private void show(long atPs, String component, Fact fact) {
    court.seen(atPs, component, fact);
    also.seen(atPs, component, fact);
  }

  private void keep(long atPs, String component, Fact fact) {
    trace.add(new TraceLine(atPs, component, (MachineFact) fact));
    court.seen(atPs, component, fact);
  }

  /**
   * Runs to the end.
   *
   * @throws dev.shootdown.engine.Placement.ImpossibleCut if pins leave no lookahead
   */
  public ScenarioResult run() {
    RunOutcome outcome = outcome();
    return new ScenarioResult(
        outcome, court.judgement(outcome.complete(), lassos), List.copyOf(trace),
        MachineJson.of(scenario));
  }

  private RunOutcome outcome() {
    if (apart == null) {
      return simulation.run();
    }
    try (ObserverThread judges = apart) {
      RunOutcome outcome = simulation.run();
      judges.settle();
      return outcome;
    }
  }

  /** How many components the machine is made of, the software's among them. */
  public int components() {
    return blueprint.components().size();
  }

  /** Virtual time reached, in ps. */
  public long progressPs() {
    return simulation.progressPs();
  }

  /** Events delivered. */
  public long progressEvents() {
    return simulation.progressEvents();
  }
}

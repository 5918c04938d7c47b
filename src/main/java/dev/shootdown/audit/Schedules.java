package dev.shootdown.audit;

import dev.shootdown.engine.Dice;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.interconnect.LatencySpec;
import dev.shootdown.interconnect.TroubleSpec;
import dev.shootdown.interconnect.WireSpec;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.scenario.RunSpec;
import dev.shootdown.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes a cell's schedules of its scenario: the same machine and work, other times. */
final class Schedules {
  /** A schedule, its seed, and how it differs from the first, in words. */
  record Schedule(Scenario scenario, long seed, String how) {}

  private final Scenario scenario;
  private final ScheduleSpec spec;

  Schedules(Scenario scenario, ScheduleSpec spec) {
    this.scenario = scenario;
    this.spec = spec;
  }

  /** Constant latencies, ties in the order of names. */
  Schedule plain() {
    return new Schedule(scenario, 1, "no message late, nothing drawn");
  }

  /** Late messages whose wire this machine may have. */
  List<ScheduleSpec.Late> late() {
    List<String> ends = new ArrayList<>();
    scenario.machine().cpus().forEach(part -> ends.add(part.name()));
    scenario.machine().iommus().forEach(part -> ends.add(part.name()));
    scenario.machine().devices().forEach(part -> ends.add(part.name()));
    scenario.machine().memory().ifPresent(part -> ends.add(part.name()));
    for (Scenario.Process process : scenario.processes()) {
      ends.add(process.name() + ".mm");
      ends.add(process.name() + ".pt");
    }
    return spec.late().stream()
        .filter(late -> ends.containsAll(List.of(late.wire().split(" -> "))))
        .toList();
  }

  /**
   * The first schedule with one message late.
   *
   * @param nth which of those that are sent from {@code fromPs} to {@code untilPs}, from 1 on
   */
  Schedule late(ScheduleSpec.Late late, int nth, long fromPs, long untilPs) {
    List<TroubleSpec> trouble = new ArrayList<>(scenario.machine().trouble());
    trouble.add(
        new TroubleSpec(
            late.wire(), late.message(), Optional.of(nth), spec.delayPs(), Optional.of(fromPs),
            Optional.of(untilPs)));
    return new Schedule(
        with(scenario.machine().wires(), trouble, scenario.run().tieSeed(), scenario.work(),
            scenario.dma()),
        1,
        String.format(
            Locale.ROOT, "%s number %d after %.3f us on %s late by %.3f us", late.message(), nth,
            fromPs / 1e6, late.wire(), spec.delayPs() / 1e6));
  }

  /** Drawn schedule number {@code number}, from 0 on. */
  Schedule drawn(int number) {
    long seed = number + 2L;
    Scenario.Wires wires = scenario.machine().wires();
    String of = "";
    if (!spec.draws().isEmpty()) {
      ScheduleSpec.Draw draw = spec.draws().get(number % spec.draws().size());
      Map<String, WireSpec> byKind = new TreeMap<>(wires.byKind());
      draw.wires().forEach(
          kind -> byKind.computeIfPresent(kind, (name, wire) -> drawn(wire, draw)));
      wires = new Scenario.Wires(byKind, wires.byEnds(), wires.crossSocketPs());
      of = ", " + draw.kind().name().toLowerCase(Locale.ROOT) + " latencies of "
          + String.join(", ", draw.wires());
    }
    return new Schedule(
        with(wires, scenario.machine().trouble(), Optional.of(seed), shifted(seed),
            shiftedDma(seed)),
        seed, "seed " + seed + ", ties and starts drawn" + of);
  }

  private static WireSpec drawn(WireSpec wire, ScheduleSpec.Draw draw) {
    LatencySpec before = wire.latency();
    if (before.kind() != LatencySpec.Kind.CONSTANT || before.minPs() == 0) {
      return wire;
    }
    long morePs = Math.multiplyExact(before.minPs(), draw.times());
    LatencySpec after =
        draw.kind() == ScheduleSpec.Kind.UNIFORM
            ? LatencySpec.uniform(before.minPs(), morePs)
            : LatencySpec.exponential(before.minPs(), morePs);
    return new WireSpec(
        after, wire.bandwidthBytesPerSecond(), wire.overheadBytes(), wire.order());
  }

  private Map<String, List<Action>> shifted(long seed) {
    Map<String, List<Action>> work = new TreeMap<>(scenario.work());
    work.replaceAll(
        (cpu, actions) -> {
          if (cpu.equals(Blame.INITIATOR)) {
            return actions;
          }
          long laterPs = Dice.of(seed, "audit " + cpu).below(spec.shiftPs() + 1);
          return actions.stream().map(action -> later(action, laterPs)).toList();
        });
    return work;
  }

  private static Action later(Action action, long laterPs) {
    if (action instanceof Action.SpinUntil until) {
      return new Action.SpinUntil(until.atPs() + laterPs);
    }
    return action instanceof Action.SleepUntil until
        ? new Action.SleepUntil(until.atPs() + laterPs) : action;
  }

  /** Each job begins within one period later. */
  private Map<String, List<DmaJob>> shiftedDma(long seed) {
    Map<String, List<DmaJob>> dma = new TreeMap<>(scenario.dma());
    dma.replaceAll(
        (device, jobs) -> {
          Dice dice = Dice.of(seed, "audit " + device);
          return jobs.stream()
              .map(
                  job ->
                      new DmaJob(
                          job.atPs() + dice.below(job.everyPs() + 1), job.pasid(), job.page(),
                          job.access(), job.count(), job.everyPs(), job.sizeBytes(),
                          job.untilPs()))
              .toList();
        });
    return dma;
  }

  private Scenario with(
      Scenario.Wires wires, List<TroubleSpec> trouble, Optional<Long> tieSeed,
      Map<String, List<Action>> work, Map<String, List<DmaJob>> dma) {
    Scenario.Machine machine = scenario.machine().with(wires, trouble);
    RunSpec run = scenario.run();
    return new Scenario(
        scenario.title(), scenario.question(), scenario.expect(),
        run.with(run.seed(), tieSeed), machine,
        scenario.kernel(), scenario.processes(), scenario.files(), work, dma,
        scenario.accesses(), scenario.servers());
  }
}

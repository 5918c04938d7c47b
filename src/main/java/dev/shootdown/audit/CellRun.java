package dev.shootdown.audit;

import dev.shootdown.audit.CellResult.State;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.Standstill;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.EdgeTrials;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Judges one cell over its schedules.
 *
 * <ol>
 *   <li>The first has constant latencies. If it shows a violation by the row's operation, no other
 *       is needed.
 *   <li>Then each message of the list is late once. A message that isn't sent changes no fact; that
 *       is how the end of a kind of messages is found, and such a run is not counted.
 *   <li>Then latencies, ties and starts are drawn until the budget is spent.
 *   <li>If nothing was found, the same number of schedules is run without any flush of secondary
 *       TLBs: a flush whose lack changes no outcome is redundant there.
 * </ol>
 */
final class CellRun {
  /** What a flush is compared with: nobody tells IOMMUs and devices anything. */
  static final String NO_FLUSH = "kernel.drivers.range=nothing";

  private final SystemPool pool;
  private final StopFlag stop;
  private final CellName name;
  private final ScheduleSpec spec;
  private final Variant variant;
  private final Schedules schedules;
  private final String operation;
  private final String reproduce;
  private final List<String> unflushed;
  private final CostMeter meter;
  private State state = State.SAFE;
  private String why = "";
  private Optional<CellResult.Shown> shown = Optional.empty();
  private boolean isBeside;
  private int tried;
  private int lateTried;
  private boolean everyMessage = true;

  CellRun(SystemPool pool, StopFlag stop, Variant variant, PortableCell cell) {
    this.pool = pool;
    this.stop = stop;
    this.name = cell.name();
    this.spec = cell.schedules();
    this.variant = variant;
    this.schedules = new Schedules(variant.scenario(), spec);
    this.operation = cell.operation();
    this.reproduce = cell.reproduce();
    this.unflushed = new ArrayList<>(cell.settings());
    this.unflushed.add(NO_FLUSH);
    this.meter = new CostMeter(operation);
  }

  /** What came of it; empty if it was stopped. */
  Optional<CellResult> run() {
    CostMeter.Run first = meter.new Run();
    String fingerprint = run(Schedules::plain, first);
    if (first.endedPs() < 0 && state == State.SAFE) {
      decide(State.INCONCLUSIVE, "no " + operation + " ended", Optional.empty());
    }
    if (isGoingOn() && first.beganPs() >= 0) {
      late(fingerprint, first);
    }
    for (int i = 0; isGoingOn(); i++) {
      int number = i;
      run(from -> from.drawn(number), meter.new Run());
    }
    if (stop.isRaised()) {
      return Optional.empty();
    }
    int without = state == State.SAFE && meter.cost().requests() > 0 ? cleanWithout() : 0;
    if (stop.isRaised()) {
      return Optional.empty();
    }
    CellResult.Tried counts =
        new CellResult.Tried(
            tried, lateTried, Math.max(0, tried - lateTried - 1), everyMessage, without);
    return Optional.of(new CellResult(name, state, why, counts, shown, meter.cost()));
  }

  /**
   * In how many schedules nothing is found with drivers that hear of no flush, as many as were
   * tried with it; 0 as soon as something is.
   */
  private int cleanWithout() {
    Schedules deaf =
        new Schedules(Scenarios.variantOf(AuditLoader.PROFILE, unflushed).scenario(), spec);
    for (int i = 0; i < tried && !stop.isRaised(); i++) {
      Schedules.Schedule schedule = i == 0 ? deaf.plain() : deaf.drawn(i - 1);
      ScenarioResult result = result(schedule, new CostMeter(operation).new Run());
      boolean clean =
          result.outcome().failure().isEmpty()
              && result.judgement().verdictOf(result.outcome().complete()) == Verdict.CLEAN;
      if (!clean) {
        return 0;
      }
    }
    return tried;
  }

  private boolean isGoingOn() {
    return tried < spec.budget() && (state != State.UNSAFE || isBeside) && !stop.isRaised();
  }

  private void late(String fingerprint, CostMeter.Run first) {
    long fromPs = Math.max(0, first.beganPs() - spec.leadPs());
    long untilPs = Math.max(first.endedPs(), first.beganPs()) + 1;
    int most = Math.min(spec.lateMost(), spec.budget() / 2);
    List<ScheduleSpec.Late> left = new ArrayList<>(schedules.late());
    for (int n = 1; !left.isEmpty(); n++) {
      int nth = n;
      List<ScheduleSpec.Late> sent = new ArrayList<>();
      for (ScheduleSpec.Late late : left) {
        if (!isGoingOn() || lateTried >= most) {
          everyMessage = false;
          return;
        }
        CostMeter scratch = new CostMeter(operation);
        Function<Schedules, Schedules.Schedule> how =
            from -> from.late(late, nth, fromPs, untilPs);
        CostMeter.Run watch = scratch.new Run();
        ScenarioResult result = result(how.apply(schedules), watch);
        if (result.outcome().fingerprint().total().equals(fingerprint)) {
          continue;
        }
        sent.add(late);
        lateTried++;
        judge(how, result, watch);
      }
      left = sent;
    }
  }

  private String run(
      Function<Schedules, Schedules.Schedule> how, CostMeter.Run watch) {
    ScenarioResult result = result(how.apply(schedules), watch);
    judge(how, result, watch);
    return result.outcome().fingerprint().total();
  }

  private ScenarioResult result(Schedules.Schedule schedule, CostMeter.Run watch) {
    return new ScenarioRun(pool, schedule.scenario(), schedule.seed(), 1, watch, stop).run();
  }

  private void judge(
      Function<Schedules, Schedules.Schedule> how, ScenarioResult result,
      CostMeter.Run watch) {
    if (stop.isRaised()) {
      return;
    }
    Schedules.Schedule schedule = how.apply(schedules);
    tried++;
    Judgement judgement = result.judgement();
    meter.take(judgement);
    if (result.outcome().failure().isPresent()) {
      decide(
          State.INCONCLUSIVE,
          "internal failure in " + result.outcome().failure().get().line(),
          Optional.of(shown(schedule, Verdict.INCONCLUSIVE, "")));
      return;
    }
    Verdict verdict = judgement.verdictOf(result.outcome().complete());
    State now = state(verdict);
    Optional<Finding> endless =
        now == State.INCONCLUSIVE ? endless(schedule, watch) : Optional.empty();
    if (endless.isPresent()) {
      Finding finding = endless.get();
      decide(
          State.LIVELOCK, finding.summary(),
          Optional.of(
              shown(schedule, finding.verdict(), finding.witness(reproduce).orElse(""))));
    } else if (now == State.UNSAFE) {
      violated(judgement, how);
    } else if (now != State.SAFE) {
      Finding finding = worst(judgement);
      String summary =
          finding == null ? "the run was not over after its time" : finding.summary();
      String witness = finding == null ? "" : finding.witness(reproduce).orElse("");
      decide(now, summary, Optional.of(shown(schedule, verdict, witness)));
    } else if (!judgement.isLedgerClosed()) {
      decide(
          State.INCONCLUSIVE, "the ledger does not close, " + judgement.gaps().get(0).line(),
          Optional.of(shown(schedule, Verdict.INCONCLUSIVE, "")));
    }
  }

  /**
   * What shows that the row's operation is at fault goes before what others do beside it, which is
   * a violation as well, but leaves the question open whether this operation is safe.
   */
  private void violated(
      Judgement judgement, Function<Schedules, Schedules.Schedule> how) {
    List<Finding> own = Blame.on(operation, judgement);
    boolean beside = own.isEmpty();
    if (beside && state == State.UNSAFE) {
      return;
    }
    Finding finding = worst(checked(beside ? judgement : judgement.with(own), how));
    state = State.UNSAFE;
    why = (beside ? Blame.beside(operation, finding) : "") + finding.summary();
    shown =
        Optional.of(
            shown(
                how.apply(schedules), finding.verdict(), finding.witness(reproduce).orElse("")));
    isBeside = beside;
  }

  /**
   * A run whose time is over, with a flush of all pages under way for most of it: its driver goes
   * through them one by one. A flush that waits for somebody is another case; such a run ends
   * because nothing is left to happen.
   */
  private static Optional<Finding> endless(
      Schedules.Schedule schedule, CostMeter.Run watch) {
    long untilPs = schedule.scenario().run().untilPs();
    return watch.everything()
        .filter(flush -> untilPs - flush.sincePs() > untilPs / 2)
        .map(flush -> endless(flush, untilPs));
  }

  private static Finding endless(CostMeter.UnderWay flush, long untilPs) {
    String summary =
        String.format(
            Locale.ROOT,
            "the flush of everything that began at %.3f us%s was going through 2^45 pages one by"
                + " one when the run ended, %.3f us later",
            flush.sincePs() / 1e6, flush.kind().isEmpty() ? "" : " in " + flush.kind(),
            (untilPs - flush.sincePs()) / 1e6);
    return new Finding(
        Verdict.NO_PROGRESS, untilPs, flush.cpu(), summary, Optional.empty(), Optional.empty(),
        Optional.empty(),
        List.of(
            new Standstill.Step(flush.sincePs(), flush.cpu(), "SEC-INV of (0, -1) begins"),
            new Standstill.Step(untilPs, flush.cpu(), "IS AT IT STILL")));
  }

  private static State state(Verdict verdict) {
    if (verdict.isSafetyViolation()) {
      return State.UNSAFE;
    }
    return switch (verdict) {
      case CLEAN -> State.SAFE;
      case NO_PROGRESS -> State.LIVELOCK;
      default -> State.INCONCLUSIVE;
    };
  }

  /** With the order of steps that the finding misses tried, in the same schedule. */
  private Judgement checked(
      Judgement judgement, Function<Schedules, Schedules.Schedule> how) {
    return EdgeTrials.of(
        variant, judgement, 1,
        added -> result(how.apply(new Schedules(added, spec)), new CostMeter(operation).new Run()));
  }

  private static Finding worst(Judgement judgement) {
    Finding worst = null;
    for (Finding finding : judgement.findings()) {
      if (worst == null || finding.verdict().compareTo(worst.verdict()) > 0) {
        worst = finding;
      }
    }
    return worst;
  }

  private CellResult.Shown shown(
      Schedules.Schedule schedule, Verdict verdict, String witness) {
    return new CellResult.Shown(tried, schedule.how(), verdict.text(), witness);
  }

  private void decide(State now, String reason, Optional<CellResult.Shown> by) {
    if (state.or(now) != state) {
      state = now;
      why = reason;
      shown = by;
    }
  }
}

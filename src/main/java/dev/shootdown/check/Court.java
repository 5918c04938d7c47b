package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** All judges at one docket: show it a run's facts, then ask for its judgement. */
public final class Court implements Observer {
  private final Docket docket = new Docket();
  private final StaleUseJudge staleUse = new StaleUseJudge(docket);
  private final SubscriberJudge subscribers;
  private final PasidJudge pasids;
  private final ProtocolJudge protocol = new ProtocolJudge(docket);
  private final BracketJudge brackets = new BracketJudge(docket);
  private final SequenceJudge sequences = new SequenceJudge(docket);
  private final Ledger ledger = new Ledger(docket);
  private final LivenessJudge liveness;
  private final WorkJudge work;
  private final DeviceWorkJudge devices;
  private final CostJudge costs;

  /** A court that counts against the usual limits. */
  public Court() {
    this(Limits.DEFAULT);
  }

  /** A court that counts against {@code limits}. */
  public Court(Limits limits) {
    this(limits, List.of());
  }

  /** The same, of a machine in which the CPUs of these names come to an end of their work. */
  public Court(Limits limits, Collection<String> workers) {
    this(limits, workers, List.of());
  }

  /** The same, of a machine in which devices were given {@code wishes} as well. */
  public Court(Limits limits, Collection<String> workers, Collection<DeviceWish> wishes) {
    new StaleWalkJudge(docket);
    new RepointJudge(docket);
    new CopyJudge(docket);
    new SharedFrameJudge(docket);
    new LostDirtyJudge(docket);
    new RevokedRightJudge(docket);
    subscribers = new SubscriberJudge(docket);
    pasids = new PasidJudge(docket);
    liveness = new LivenessJudge(docket, limits);
    work = new WorkJudge(docket, workers);
    devices = new DeviceWorkJudge(docket, wishes);
    costs = new CostJudge(docket, limits);
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** What the facts so far come to; may be asked at any time and changes nothing. */
  public Judgement judgement() {
    return judgement(false);
  }

  /**
   * What the facts come to.
   *
   * @param nothingLeft whether the run is over because no event is left: a fault that is open then
   *     is never served, and an operation under way never ends, instead of being open for all we
   *     know
   */
  public Judgement judgement(boolean nothingLeft) {
    return judgement(nothingLeft, LassoCheck.NOBODY);
  }

  /**
   * What the facts come to.
   *
   * @param lassos looks at the machine's state, where facts repeat
   */
  public Judgement judgement(boolean nothingLeft, LassoCheck lassos) {
    List<Finding> findings = new ArrayList<>(docket.books().cases().findings());
    findings.addAll(staleUse.frameBreaches());
    findings.addAll(subscribers.unbalanced());
    findings.addAll(protocol.findings());
    findings.addAll(pasids.breaches());
    findings.addAll(brackets.findings());
    findings.addAll(sequences.findings());
    findings.addAll(liveness.findings(nothingLeft, lassos));
    if (nothingLeft) {
      List<Finding> hanging = unfinished();
      findings.addAll(hanging);
      findings.addAll(
          work.waiting(hanging.stream().map(Finding::component).toList()));
      findings.addAll(devices.waiting(liveness.waiting()));
    }
    findings.sort(Comparator.comparingLong(Finding::atPs));
    Verdict verdict = Verdict.CLEAN;
    for (Finding finding : findings) {
      verdict = verdict.or(finding.verdict());
    }
    return new Judgement(
        verdict,
        List.copyOf(findings),
        docket.books().cases().unlisted() + staleUse.frameBreachesUnlisted()
            + protocol.unlisted() + brackets.unlisted() + sequences.unlisted(),
        ledger.gaps(),
        ledger.rows(),
        staleUse.exposures(),
        costs.report(liveness.figures()));
  }

  /** A CPU that hangs: it is within an operation, and nothing is left that could end that. */
  private List<Finding> unfinished() {
    return ledger.rows().stream()
        .filter(row -> !row.isFinished())
        .map(liveness::unfinished)
        .toList();
  }
}

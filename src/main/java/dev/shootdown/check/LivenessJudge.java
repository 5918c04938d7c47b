package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sees that faults are served (invariant I10).
 *
 * <ol>
 *   <li>A fault is open from {@code FaultRaised} to {@code FaultResolved}; how often it was tried
 *       again and how long it stayed are measured.
 *   <li>No progress is claimed from a lasso: all facts of the machine repeat at least three times
 *       on end, up to the end of the run, an open fault being tried again in each cycle ({@link
 *       Laps}), and the machine is in the same state at both ends of the last cycle ({@link
 *       LassoCheck}). Not while an invalidation that covers its page was under way all that time.
 *   <li>Or because facts repeated so until the device gave up: that is no lasso, but there was no
 *       progress either.
 *   <li>Or from a stated budget of retries. Or because the run is over, nothing is left to happen,
 *       and the fault is open; or an operation is under way then, on a CPU that hangs.
 *   <li>A fault that is open at the end of a run without any of these makes it inconclusive.
 * </ol>
 */
public final class LivenessJudge implements Observer {
  private static final int KEPT_FINDINGS = 100;
  private static final int PATIENCE = 64;
  private static final int BRACKETS_TOLD = 4;

  private record Name(Agent by, long request) {}

  private record Bracket(long operation, int mm, PageRange range) {
    boolean covers(Fault fault) {
      return mm == fault.raised.mm() && range.contains(fault.raised.page());
    }
  }

  private record Opened(long atPs, String by) {}

  private static final class Fault {
    private final Name name;
    private final MachineFact.FaultRaised raised;
    private final long raisedPs;
    private long retries;

    private Fault(Name name, MachineFact.FaultRaised raised, long raisedPs) {
      this.name = name;
      this.raised = raised;
      this.raisedPs = raisedPs;
    }

    private Standstill.Request request() {
      return new Standstill.Request(
          name.by().name, name.request(), raised.mm(), raised.page(), raised.write(), raisedPs);
    }
  }

  private final Docket docket;
  private final Limits limits;
  private final Map<Name, Fault> open = new LinkedHashMap<>();
  private final Map<Bracket, Opened> brackets = new LinkedHashMap<>();
  private final Map<Name, Finding> overBudget = new LinkedHashMap<>();
  private final Map<Name, Finding> givenUp = new LinkedHashMap<>();
  private final List<Standstill.Step> failures = new ArrayList<>();
  private final Laps laps = new Laps();
  private final Troubles troubles;
  private Fault anchor;
  private int retriesOfOthers;
  private long faults;
  private long failed;
  private long retries;
  private long retriesMax;
  private long stallMaxPs;

  /** A judge with books of its own. */
  public LivenessJudge(Limits limits) {
    this(new Docket(), limits);
  }

  LivenessJudge(Docket docket, Limits limits) {
    this.docket = docket;
    this.limits = limits;
    this.troubles = new Troubles(docket);
    docket.hear(MachineFact.FaultRaised.class, this::onRaised);
    docket.hear(MachineFact.FaultRetried.class, this::onRetried);
    docket.hear(MachineFact.FaultResolved.class, this::onResolved);
    docket.hear(
        MachineFact.DeviceFailed.class,
        (atPs, by, fact) -> {
          if (failures.size() < KEPT_FINDINGS) {
            failures.add(new Standstill.Step(atPs, by.name, fact.reason()));
          }
        });
    docket.hear(
        MachineFact.BracketOpened.class,
        (atPs, by, fact) ->
            brackets.putIfAbsent(
                new Bracket(fact.operation(), fact.mm(), fact.range()),
                new Opened(atPs, by.name)));
    docket.hear(
        MachineFact.BracketClosed.class,
        (atPs, by, fact) ->
            brackets.remove(new Bracket(fact.operation(), fact.mm(), fact.range())));
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /**
   * What stands still.
   *
   * @param nothingLeft whether the run is over because nothing is left to happen
   * @param check looks at the machine's state, where facts repeat
   */
  public List<Finding> findings(boolean nothingLeft, LassoCheck check) {
    Map<Name, Finding> byFault = new LinkedHashMap<>(overBudget);
    byFault.putAll(givenUp);
    if (anchor != null && !nothingLeft) {
      repetition().ifPresent(cycle -> judge(cycle, check, byFault));
    }
    for (Fault fault : open.values()) {
      if (byFault.size() < KEPT_FINDINGS && !byFault.containsKey(fault.name)) {
        byFault.put(
            fault.name,
            nothingLeft ? neverServed(fault) : unserved(fault));
      }
    }
    return List.copyOf(byFault.values());
  }

  /** Who has a fault open. */
  Collection<String> waiting() {
    return open.keySet().stream().map(name -> name.by().name).toList();
  }

  /** Figures on all faults. */
  public Liveness figures() {
    long most = retriesMax;
    for (Fault fault : open.values()) {
      most = Math.max(most, fault.retries);
    }
    return new Liveness(
        faults, open.size(), failed, new Liveness.Retries(retries, most), stallMaxPs,
        failures.stream()
            .map(f -> f.component() + " at " + Texts.ns(f.atPs()) + " ns: " + f.text())
            .toList());
  }

  private void onRaised(long atPs, Agent by, MachineFact.FaultRaised raised) {
    Name name = new Name(by, raised.request());
    faults++;
    open.put(name, new Fault(name, raised, atPs));
  }

  private void onRetried(long atPs, Agent by, MachineFact.FaultRetried retried) {
    Fault fault = open.get(new Name(by, retried.request()));
    if (fault == null) {
      return;
    }
    retries++;
    fault.retries++;
    if (fault.retries == limits.retryBudget() + 1 && overBudget.size() < KEPT_FINDINGS) {
      overBudget.put(
          fault.name,
          told(
              new Standstill(
                  Standstill.Shown.RETRY_BUDGET, fault.request(), 0, 0, fault.retries,
                  steps(fault)),
              atPs));
    }
    if (fault == anchor) {
      laps.next(atPs);
      retriesOfOthers = 0;
    } else if (anchor == null || ++retriesOfOthers > PATIENCE) {
      anchor = fault;
      laps.restart(atPs);
      docket.hearAll(laps);
      retriesOfOthers = 0;
    }
  }

  /** The brackets of its address space that are open, and what was seen last of its tries. */
  private List<Standstill.Step> steps(Fault fault) {
    if (fault != anchor) {
      return List.of();
    }
    List<Standstill.Step> last =
        CycleSteps.last(laps.latest(), fault.raised, fault.name.by().name);
    List<Standstill.Step> steps = new ArrayList<>();
    brackets.forEach(
        (bracket, opened) -> {
          boolean isOld = last.isEmpty() || opened.atPs() < last.get(0).atPs();
          if (isOld && bracket.mm() == fault.raised.mm() && steps.size() < BRACKETS_TOLD) {
            String where = bracket.covers(fault) ? "" : " elsewhere";
            steps.add(
                new Standstill.Step(
                    opened.atPs(), opened.by(), "N-START" + where + ", still open"));
          }
        });
    steps.addAll(last);
    return List.copyOf(steps);
  }

  private void onResolved(long atPs, Agent by, MachineFact.FaultResolved resolved) {
    Fault fault = open.remove(new Name(by, resolved.request()));
    if (fault == null) {
      return;
    }
    retriesMax = Math.max(retriesMax, fault.retries);
    stallMaxPs = Math.max(stallMaxPs, atPs - fault.raisedPs);
    failed += resolved.how() == MachineFact.Resolution.FAILED ? 1 : 0;
    if (fault == anchor) {
      if (resolved.how() == MachineFact.Resolution.FAILED && givenUp.size() < KEPT_FINDINGS) {
        repetition()
            .map(cycle -> repeated(Standstill.Shown.REPEATED_UNTIL_GIVEN_UP, cycle))
            .ifPresent(found -> givenUp.put(fault.name, found));
      }
      anchor = null;
      docket.hearAll(null);
    }
  }

  /** The cycle in which the request is tried again whose retries are followed, if there is one. */
  private Optional<Laps.Cycle> repetition() {
    return laps.cycle().filter(cycle -> !isBeingInvalidated(anchor, cycle.beganPs()));
  }

  /** A cycle of facts is a lasso only if the machine comes back to the state that it was in. */
  private void judge(Laps.Cycle cycle, LassoCheck check, Map<Name, Finding> byFault) {
    Optional<String> objection =
        check.objection(cycle.endedPs() - cycle.periodPs(), cycle.endedPs());
    if (objection.isEmpty()) {
      byFault.put(anchor.name, repeated(Standstill.Shown.LASSO, cycle));
    } else {
      byFault.putIfAbsent(anchor.name, unproved(anchor, cycle, objection.get()));
    }
  }

  private Finding repeated(Standstill.Shown shown, Laps.Cycle cycle) {
    return told(
        new Standstill(
            shown, anchor.request(), cycle.periodPs(), cycle.times(), anchor.retries,
            CycleSteps.of(cycle.last(), anchor.raised)),
        cycle.beganPs());
  }

  private boolean isBeingInvalidated(Fault fault, long sincePs) {
    return brackets.entrySet().stream()
        .anyMatch(open -> open.getValue().atPs() <= sincePs && open.getKey().covers(fault));
  }

  private Finding neverServed(Fault fault) {
    return told(
        new Standstill(
            Standstill.Shown.NOTHING_LEFT, fault.request(), 0, 0, fault.retries,
            troubles.latest()),
        fault.raisedPs);
  }

  /** An operation that can't end any more, because nothing is left to happen. */
  Finding unfinished(LedgerRow row) {
    Standstill.Operation operation =
        new Standstill.Operation(
            row.cpu(), row.operation(), row.kind(), row.mm(), row.range(), row.beganPs());
    return told(
        new Standstill(
            Standstill.Shown.NOTHING_LEFT, operation, 0, 0, 0,
            OperationSteps.of(row, docket.books(), failures)),
        row.beganPs());
  }

  private static Finding told(Standstill standstill, long atPs) {
    return new Finding(
        Verdict.NO_PROGRESS, atPs, standstill.wanted().component(), standstill.summary(),
        Optional.empty(), Optional.of(standstill));
  }

  private static Finding unproved(Fault fault, Laps.Cycle cycle, String objection) {
    return new Finding(
        Verdict.INCONCLUSIVE, fault.raisedPs, fault.name.by().name,
        "facts repeat with period " + Texts.ns(cycle.periodPs()) + " ns, " + cycle.times()
            + " times, request " + fault.name.request() + " unserved; but no lasso: "
            + objection,
        Optional.empty());
  }

  private static Finding unserved(Fault fault) {
    return new Finding(
        Verdict.INCONCLUSIVE, fault.raisedPs, fault.name.by().name,
        "request " + fault.name.request() + " was raised at " + Texts.ns(fault.raisedPs)
            + " ns, tried again " + fault.retries + " times, and is open at the end of the run",
        Optional.empty());
  }
}

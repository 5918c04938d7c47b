package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All judges at one table: show it a run's facts, then ask for its judgement. */
public final class Court implements Observer {
  private final StaleUseJudge staleUse = new StaleUseJudge();
  private final ProtocolJudge protocol = new ProtocolJudge();
  private final Ledger ledger = new Ledger();

  @Override
  public void seen(long atPs, String component, Fact fact) {
    staleUse.seen(atPs, component, fact);
    protocol.seen(atPs, component, fact);
    ledger.seen(atPs, component, fact);
  }

  /** What the facts so far come to; may be asked at any time and changes nothing. */
  public Judgement judgement() {
    List<Finding> findings = new ArrayList<>(staleUse.findings());
    findings.addAll(protocol.findings());
    findings.sort(Comparator.comparingLong(Finding::atPs));
    Verdict verdict = Verdict.CLEAN;
    for (Finding finding : findings) {
      verdict = verdict.or(finding.verdict());
    }
    return new Judgement(
        verdict,
        List.copyOf(findings),
        staleUse.unlisted() + protocol.unlisted(),
        ledger.gaps(),
        ledger.rows(),
        staleUse.exposures());
  }
}

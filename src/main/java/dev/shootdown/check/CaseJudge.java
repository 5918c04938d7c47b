package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import java.util.List;

/** A judge whose findings are cases; it hears a docket of its own, or that of a court. */
abstract class CaseJudge implements Observer {
  private final Docket docket;

  CaseJudge(Docket docket) {
    this.docket = docket;
  }

  @Override
  public final void seen(long atPs, String component, Fact fact) {
    docket.seen(atPs, component, fact);
  }

  /** In the order in which they were established; at a court those of all its judges. */
  public final List<Finding> findings() {
    return List.copyOf(docket.books().cases().findings());
  }

  final Books books() {
    return docket.books();
  }

  final Cases cases() {
    return docket.books().cases();
  }
}

package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last troubles that struck: where something waits for ever, they may be why. */
final class Troubles {
  private static final int KEPT = 4;

  private final Deque<Standstill.Step> latest = new ArrayDeque<>();

  Troubles(Docket docket) {
    docket.hear(
        MachineFact.TroubleStruck.class,
        (atPs, by, fact) -> {
          latest.addLast(new Standstill.Step(atPs, by.name, "trouble: " + fact.name()));
          if (latest.size() > KEPT) {
            latest.removeFirst();
          }
        });
  }

  /** In the order of time. */
  List<Standstill.Step> latest() {
    return List.copyOf(latest);
  }
}

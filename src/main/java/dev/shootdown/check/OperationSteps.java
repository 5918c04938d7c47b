package dev.shootdown.check;

import dev.shootdown.trace.MachineFact.Audience;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How an operation came to where it hangs: its flush, and what that still waits for. */
final class OperationSteps {
  private static final int MOST = 12;

  private OperationSteps() {}

  /**
   * The steps of {@code row} in the order of time.
   *
   * @param failures devices that stopped working
   */
  static List<Standstill.Step> of(LedgerRow row, Books books, List<Standstill.Step> failures) {
    List<Standstill.Step> steps = new ArrayList<>();
    steps.add(new Standstill.Step(row.beganPs(), row.cpu(), "begins " + row.kind()));
    for (Audience audience : Audience.values()) {
      FlushesSeen.Flush last = books.flushes().of(row.operation(), audience, row.mm());
      if (last != null) {
        StaleUse.Flush flush = last.evidence();
        String name = StoryTexts.name(audience);
        steps.add(new Standstill.Step(flush.beganPs(), flush.actor(), name + " begins"));
        flush.endedPs().ifPresent(
            atPs -> steps.add(new Standstill.Step(atPs, flush.actor(), name + " ends")));
        if (audience == Audience.SECONDARY && flush.endedPs().isEmpty()) {
          steps.addAll(waits(books, flush.beganPs()));
        }
      }
    }
    for (Standstill.Step failure : failures) {
      if (failure.atPs() >= row.beganPs() || steps.size() > 1) {
        steps.add(failure);
      }
    }
    steps.sort(Comparator.comparingLong(Standstill.Step::atPs));
    return List.copyOf(steps.subList(Math.max(0, steps.size() - MOST), steps.size()));
  }

  private static List<Standstill.Step> waits(Books books, long sincePs) {
    List<Standstill.Step> steps = new ArrayList<>();
    for (StaleUse.Invalidation open : books.invalidations().open(sincePs)) {
      String itag = "itag " + open.itag();
      steps.add(new Standstill.Step(open.sentPs(), open.iommu(), "sends " + itag));
      open.takenPs().ifPresent(
          atPs -> steps.add(
              new Standstill.Step(atPs, open.iommu(), itag + " arrives, and stays open")));
    }
    return steps;
  }
}

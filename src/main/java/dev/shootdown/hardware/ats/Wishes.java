package dev.shootdown.hardware.ats;

import java.util.Map;
import java.util.TreeMap;

/** How many transfers of each PASID are still to end. */
final class Wishes {
  private final Map<Integer, Long> left = new TreeMap<>();

  Wishes(DmaWork work) {
    work.jobs().forEach(job -> left.merge(job.pasid(), (long) job.count(), Long::sum));
    for (int i = 0; i < work.trace().size(); i++) {
      left.merge(work.trace().pasid(i), 1L, Long::sum);
    }
  }

  /** How many address spaces there is work in. */
  int pasids() {
    return left.size();
  }

  /** One transfer of {@code pasid} has ended; whether it was the last. */
  boolean ended(int pasid) {
    return left.merge(pasid, -1L, Long::sum) == 0;
  }
}

package dev.shootdown.hardware.ats;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many transfers of each PASID are still to end. */
final class Wishes {
  private final Map<Integer, Long> left = new TreeMap<>();

  Wishes(List<DmaJob> jobs) {
    jobs.forEach(job -> left.merge(job.pasid(), (long) job.count(), Long::sum));
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

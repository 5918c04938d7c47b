package dev.shootdown.hardware.ats;

import dev.shootdown.address.Access;

/** A transfer that wants to happen: what it needs a translation for. */
record Touch(int pasid, long page, boolean write, int sizeBytes) {
  /** One transfer of {@code job}. */
  static Touch of(DmaJob job) {
    return new Touch(job.pasid(), job.page(), job.access() == Access.WRITE,
        Math.toIntExact(job.sizeBytes()));
  }
}

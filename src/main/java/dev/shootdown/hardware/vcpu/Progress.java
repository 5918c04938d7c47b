package dev.shootdown.hardware.vcpu;

/** How far a guest has come. */
final class Progress {
  private final GuestWork work;
  private int index;
  private long round;
  private boolean over;
  private long leftPs = -1;

  Progress(GuestWork work) {
    this.work = work;
    this.over = work.actions().isEmpty();
  }

  /** What is to be done now; null when all is done. */
  GuestAction now() {
    return over ? null : work.actions().get(index);
  }

  /** The action is done, at {@code nowPs}. */
  void next(long nowPs) {
    leftPs = -1;
    index++;
    if (index == work.actions().size()) {
      index = 0;
      round++;
      over = round == work.rounds() || nowPs >= work.untilPs();
    }
  }

  /** Nothing more is to be done. */
  void end() {
    over = true;
  }

  /** What is left of a stretch of {@code wholePs}, in ps. */
  long leftPs(long wholePs) {
    return leftPs < 0 ? wholePs : leftPs;
  }

  /** The stretch was interrupted with {@code ps} left. */
  void interrupted(long ps) {
    leftPs = ps;
  }
}

package dev.shootdown.report;

/** A unit that suits all times of an axis. */
enum TimeUnit {
  NS("ns", 1_000L),
  US("µs", 1_000_000L),
  MS("ms", 1_000_000_000L),
  S("s", 1_000_000_000_000L);

  private final String text;
  private final long ps;

  TimeUnit(String text, long ps) {
    this.text = text;
    this.ps = ps;
  }

  /** The largest of which {@code maxPs} has at least two. */
  static TimeUnit of(long maxPs) {
    TimeUnit best = NS;
    for (TimeUnit unit : values()) {
      if (maxPs >= 2 * unit.ps) {
        best = unit;
      }
    }
    return best;
  }

  String text() {
    return text;
  }

  double in(double valuePs) {
    return valuePs / ps;
  }
}

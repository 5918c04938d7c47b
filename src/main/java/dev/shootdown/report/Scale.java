package dev.shootdown.report;

import java.util.ArrayList;
import java.util.List;

/** From values to places on an axis, linear or logarithmic, with round ticks. */
final class Scale {
  private static final int TICKS = 6;
  private static final double WIDE = 60;

  private final double from;
  private final double to;
  private final boolean logarithmic;

  private Scale(double from, double to, boolean logarithmic) {
    this.from = from;
    this.to = to;
    this.logarithmic = logarithmic;
  }

  /** From 0 to a round value at or above {@code max}. */
  static Scale fromZero(double max) {
    double top = max > 0 ? max : 1;
    double step = step(top);
    return new Scale(0, StrictMath.ceil(top / step - 1e-9) * step, false);
  }

  /** From exactly one value to another. */
  static Scale exactly(double from, double to) {
    return new Scale(from, to > from ? to : from + 1, false);
  }

  /** Over those values: logarithmic if they are positive and span much, else linear from 0. */
  static Scale over(double min, double max) {
    if (min > 0 && max / min > WIDE) {
      return new Scale(
          StrictMath.pow(10, StrictMath.floor(StrictMath.log10(min))),
          StrictMath.pow(10, StrictMath.ceil(StrictMath.log10(max))),
          true);
    }
    return fromZero(max);
  }

  boolean isLogarithmic() {
    return logarithmic;
  }

  double from() {
    return from;
  }

  double to() {
    return to;
  }

  /** Where the value lies, 0 to 1; what is beyond an end lies at it. */
  double at(double value) {
    double place =
        logarithmic
            ? StrictMath.log(Math.max(value, from) / from) / StrictMath.log(to / from)
            : (value - from) / (to - from);
    return Math.max(0, Math.min(1, place));
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      for (double tick = from; tick <= to * 1.0001; tick *= 10) {
        ticks.add(tick);
      }
      return ticks;
    }
    double step = step(to - from);
    long first = (long) StrictMath.ceil(from / step - 1e-9);
    for (long i = first; i * step <= to + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  private static double step(double span) {
    double rough = span / TICKS;
    double power = StrictMath.pow(10, StrictMath.floor(StrictMath.log10(rough)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= rough * 0.999999) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}

package dev.shootdown.image;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** A histogram that grows by itself: values, and how often each was counted. */
final class HistogramForm extends Form {
  /** Significant digits; all of ours have as many. */
  private static final int DIGITS = 3;

  @Override
  Object[] parts(Object whole) {
    Histogram histogram = (Histogram) whole;
    if (histogram.getNumberOfSignificantValueDigits() != DIGITS || !histogram.isAutoResize()) {
      throw new Unimaged("a histogram of other than " + DIGITS + " digits, or that can't grow");
    }
    List<Object> parts = new ArrayList<>();
    for (HistogramIterationValue value : histogram.recordedValues()) {
      parts.add(value.getValueIteratedTo());
      parts.add(value.getCountAddedInThisIterationStep());
    }
    return parts.toArray();
  }

  @Override
  Object shell(Class<?> type, int parts) {
    return new Histogram(DIGITS);
  }

  @Override
  void fill(Object whole, Object[] parts, boolean asBuilt) {
    Histogram histogram = (Histogram) whole;
    histogram.reset();
    for (int i = 0; i < parts.length; i += 2) {
      histogram.recordValueWithCount((Long) parts[i], (Long) parts[i + 1]);
    }
  }
}

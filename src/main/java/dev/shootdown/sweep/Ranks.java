package dev.shootdown.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Correlation of ranks. */
final class Ranks {
  private Ranks() {}

  /** Spearman's, ties at their mean rank; NaN if an amount is none or one side is constant. */
  static double correlation(double[] amounts, double[] values) {
    for (double amount : amounts) {
      if (Double.isNaN(amount)) {
        return Double.NaN;
      }
    }
    return pearson(ranks(amounts), ranks(values));
  }

  private static double[] ranks(double[] values) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> values[i]));
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.size(); ) {
      int to = from;
      while (to < order.size() && values[order.get(to)] == values[order.get(from)]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order.get(i)] = (from + to - 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Estimate.of(a).mean();
    double meanB = Estimate.of(b).mean();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa == 0 || bb == 0 ? Double.NaN : ab / StrictMath.sqrt(aa * bb);
  }
}

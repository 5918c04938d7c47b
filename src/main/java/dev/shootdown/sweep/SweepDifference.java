package dev.shootdown.sweep;

import dev.shootdown.report.ReportTable;
import dev.shootdown.report.SettingChanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Two sweeps held beside each other, run by run. Runs of the same point, repetition and seed roll
 * the same dice, so their differences are paired; if no setting differs either, they do the same
 * work, and their fingerprints should agree.
 */
public final class SweepDifference {
  private static final int ROWS_MOST = 200;

  /** What changes no run: texts, and what a sweep only counts or draws. */
  private static final Pattern WITHOUT_EFFECT =
      Pattern.compile(
          "title|question|expect|run\\.(workers|seed)|museum\\..*|variants.*"
              + "|sweep\\.(?!let\\.|axes\\[\\d+]\\.(levels|path)).*");

  private final RunPairs.Side first;
  private final RunPairs.Side second;
  private final RunPairs pairs;
  private final SettingChanges settings;
  private final List<RunPairs.Pair> diverged = new ArrayList<>();
  private String divergence = "";

  private SweepDifference(RunPairs.Side first, RunPairs.Side second) {
    this.first = first;
    this.second = second;
    this.pairs = RunPairs.of(first, second);
    this.settings = SettingChanges.between(side(first), side(second));
    for (RunPairs.Pair pair : pairs.all()) {
      if (!fingerprint(first, pair.first()).equals(fingerprint(second, pair.second()))) {
        diverged.add(pair);
      }
    }
  }

  /**
   * Compares two sweeps by their stores.
   *
   * @throws dev.shootdown.report.ResultProblem if a store is not there, in use, damaged or of
   *     another version
   * @throws UnlikeSweeps if there is nothing to compare
   */
  public static SweepDifference between(Path left, Path right) {
    try (SweepStore one = SweepStore.read(left);
        SweepStore other = SweepStore.read(right)) {
      SweepDifference difference =
          new SweepDifference(new RunPairs.Side(left, one), new RunPairs.Side(right, other));
      difference.findDivergence(one, other);
      return difference;
    }
  }

  private static SettingChanges.Side side(RunPairs.Side of) {
    return new SettingChanges.Side("the configuration of " + of.described("id"),
        of.described("config"));
  }

  private static String fingerprint(RunPairs.Side side, int row) {
    return side.table().ending(row).fingerprint();
  }

  /** Whether no setting differs that could change a run. */
  public boolean isSameWork() {
    Predicate<String> matters = path -> !WITHOUT_EFFECT.matcher(path).matches();
    return !settings.has(matters);
  }

  /** Whether fingerprints differ that should not. */
  public boolean isDiverged() {
    return isSameWork() && !diverged.isEmpty();
  }

  private void findDivergence(SweepStore one, SweepStore other) {
    if (!isDiverged()) {
      return;
    }
    RunPairs.Pair pair = diverged.get(0);
    RunResult.RunKey key = first.table().key(pair.first());
    RunResult.RunKey partner = second.table().key(pair.second());
    String where = Epochs.firstDifference(one.epochs(key), other.epochs(partner));
    divergence =
        "First divergence: " + Point.id(key.point()) + " " + first.levels(key.point())
            + ", repetition " + key.repetition() + ", seed "
            + first.table().ending(pair.first()).seed() + ": "
            + (where.isEmpty()
                ? "every epoch agrees, only the total does not; of a run that failed none is kept."
                : where)
            + versions(one.version(key), other.version(partner));
  }

  private static String versions(String one, String other) {
    return one.equals(other)
        ? " Both were run by version " + one + "."
        : " They were run by different versions: " + one + " and " + other + ".";
  }

  /** What it comes to, a sentence each. */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    int all = pairs.all().size();
    String counted = diverged.size() + " of " + all + " pairs of runs";
    if (diverged.isEmpty()) {
      sentences.add("The fingerprints of all " + all + " pairs of runs agree.");
    } else if (isSameWork()) {
      sentences.add(
          "The fingerprints of " + counted + " differ, and should not: settings and seeds are the"
              + " same.");
      sentences.add(divergence);
    } else {
      sentences.add("The fingerprints of " + counted + " differ, as they may: settings do.");
    }
    if (!pairs.leftOver().isEmpty()) {
      sentences.add(pairs.leftOver());
    }
    return sentences;
  }

  /** What differs, most important first; tables without rows are left out. */
  public List<ReportTable> tables() {
    List<ReportTable> tables = new ArrayList<>();
    tables.add(
        new ReportTable(
            "sweeps", "The two sweeps", List.of("", "first", "second"),
            List.of(
                List.of("id", first.described("id"), second.described("id")),
                List.of("runs", Integer.toString(first.table().size()),
                    Integer.toString(second.table().size())),
                List.of("run by version", first.versions(), second.versions()))));
    tables.add(settings.table());
    tables.add(verdicts());
    tables.add(metrics());
    tables.removeIf(ReportTable::isEmpty);
    return tables;
  }

  private ReportTable verdicts() {
    List<List<String>> rows = new ArrayList<>();
    for (RunPairs.Pair pair : pairs.all()) {
      String one = verdict(first, pair.first());
      String other = verdict(second, pair.second());
      RunResult.RunKey key = first.table().key(pair.first());
      if (!one.equals(other)) {
        rows.add(
            List.of(
                Point.id(key.point()), first.levels(key.point()).toString(),
                Integer.toString(key.repetition()), one, other));
      }
    }
    int more = Math.max(0, rows.size() - ROWS_MOST);
    return new ReportTable(
        "verdicts", "Changed verdicts" + (more > 0 ? ", and " + more + " more" : ""),
        List.of("point", "levels", "repetition", "first", "second"),
        rows.subList(0, Math.min(rows.size(), ROWS_MOST)));
  }

  private static String verdict(RunPairs.Side side, int row) {
    RunResult.Ending ending = side.table().ending(row);
    return ending.isFailed() ? "failed" : ending.verdict();
  }

  private ReportTable metrics() {
    TreeSet<String> all = new TreeSet<>(first.table().metrics());
    all.addAll(second.table().metrics());
    List<List<String>> rows = new ArrayList<>();
    all.forEach(metric -> metric(metric, rows));
    return new ReportTable(
        "metrics",
        "Changed figures, of " + all.size() + ": means over pairs, and the paired difference with"
            + " half of its 95 % interval (none for fewer than 3 repetitions)",
        List.of("figure", "pairs", "first", "second", "difference", "+-", "change, %"), rows);
  }

  private void metric(String metric, List<List<String>> rows) {
    SortedMap<Integer, List<Double>> byRepetition = new TreeMap<>();
    List<Double> ones = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    boolean changed = false;
    for (RunPairs.Pair pair : pairs.all()) {
      double one = first.table().value(pair.first(), metric);
      double other = second.table().value(pair.second(), metric);
      changed |= Double.isNaN(one) != Double.isNaN(other);
      if (!Double.isNaN(one) && !Double.isNaN(other)) {
        changed |= one != other;
        ones.add(one);
        others.add(other);
        byRepetition.computeIfAbsent(
            first.table().key(pair.first()).repetition(), repetition -> new ArrayList<>())
            .add(other - one);
      }
    }
    if (changed) {
      // Points of a repetition share their dice; repetitions are independent.
      Estimate difference =
          Estimate.of(byRepetition.values().stream().mapToDouble(SweepDifference::mean).toArray());
      OptionalDouble half = difference.halfWidth();
      double before = mean(ones);
      rows.add(
          List.of(
              metric, Integer.toString(ones.size()), Texts.number(before),
              Texts.number(mean(others)), Texts.number(difference.mean()),
              half.isPresent() ? Texts.number(half.getAsDouble()) : "",
              before == 0 || Double.isNaN(before)
                  ? "" : String.format(Locale.ROOT, "%+.2f",
                      100 * (mean(others) - before) / Math.abs(before))));
    }
  }

  private static double mean(List<Double> values) {
    return Estimate.of(values.stream().mapToDouble(Double::doubleValue).toArray()).mean();
  }
}

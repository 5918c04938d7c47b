package dev.shootdown.sweep;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.shootdown.check.Verdict;
import dev.shootdown.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reads the block {@code sweep}, with all its problems. */
final class SweepReader {
  private static final int REPEATS_MAX = 1_000_000;

  private final Settings sweep;
  private final AxisReader axisReader;

  /**
   * A reader.
   *
   * @param sweep the block
   * @param variants the scenario's variants, for an axis over them; may be null
   * @param sampleSeed seed of samples
   */
  SweepReader(Settings sweep, ConfigValue variants, long sampleSeed) {
    this.sweep = sweep;
    TreeSet<String> parameters = new TreeSet<>(sweep.child("let").keys());
    sweep.ignore("let");
    sweep.child("let").keys().forEach(sweep.child("let")::ignore);
    int samples = sweep.count("samples", 1, Span.VALUES_MAX);
    ConfigObject byName = variants instanceof ConfigObject object ? object : null;
    this.axisReader =
        new AxisReader(sweep.problems(), parameters, byName, samples, sampleSeed);
  }

  /**
   * Reads it, with axes from the command line on top ({@code name=value,value}).
   *
   * @param mayBeStill whether it is no problem that there are no axes
   */
  SweepSpec read(List<String> moreAxes, boolean mayBeStill) {
    List<Axis> axes = new ArrayList<>();
    for (Settings at : sweep.children("axes")) {
      axisReader.read(at).ifPresent(
          axis -> {
            if (Axes.indexOf(axes, axis.name()) >= 0) {
              at.problem("name", "two axes are named '" + axis.name() + "'");
            }
            axes.add(axis);
          });
    }
    List<Axis> declared = List.copyOf(axes);
    for (String text : moreAxes) {
      axisReader.overlay(text, axes);
    }
    if (axes.isEmpty() && !mayBeStill && sweep.problems().isEmpty()) {
      sweep.problem(
          "axes", "nothing is varied; name an axis here, such as { path = kernel.era, values ="
              + " [B, C] }, or with --axis kernel.era=B,C");
    }
    List<List<Integer>> zips = zips(axes);
    Filter filter = Filter.read(sweep, axes, declared);
    SweepSpec spec =
        new SweepSpec(
            List.copyOf(axes), zips, filter, repeats(), window(), sweep.texts("figures"),
            expect(), boundary(axes));
    sweep.finish();
    return spec;
  }

  private List<List<Integer>> zips(List<Axis> axes) {
    List<List<Integer>> zips = new ArrayList<>();
    TreeSet<Integer> used = new TreeSet<>();
    for (Settings each : sweep.children("zip")) {
      List<Integer> zip = new ArrayList<>();
      for (String name : each.texts("axes")) {
        int axis = Axes.indexOf(axes, name);
        if (axis < 0) {
          each.problem("axes", Axes.noSuch(name, axes));
        } else if (!used.add(axis)) {
          each.problem("axes", "'" + name + "' is zipped twice");
        } else if (axes.get(axis).sampled()) {
          each.problem("axes", "'" + name + "' is sampled; samples go together anyway");
        } else {
          zip.add(axis);
        }
      }
      lengths(each, zip, axes);
      each.finish();
      zips.add(zip.stream().sorted().toList());
    }
    return zips;
  }

  private static void lengths(Settings each, List<Integer> zip, List<Axis> axes) {
    for (int axis : zip) {
      Axis first = axes.get(zip.get(0));
      Axis other = axes.get(axis);
      if (other.levels().size() != first.levels().size()) {
        each.problem(
            "axes", "what is zipped must be equally long, but '" + first.name() + "' has "
                + first.levels().size() + " values and '" + other.name() + "' has "
                + other.levels().size());
        return;
      }
    }
  }

  private Repeats repeats() {
    int atLeast = sweep.count("repeat", 1, REPEATS_MAX);
    Repeats.Seeds seeds = sweep.choice("seeds", Repeats.Seeds.class);
    int before = sweep.problems().list().size();
    Settings stop = sweep.child("stop");
    int most = stop.count("max-repeats", 1, REPEATS_MAX);
    String figure = stop.textOr("figure", "");
    double halfWidth = stop.ratioOr("half-width", 0);
    stop.finish();
    if (figure.isEmpty() && halfWidth == 0) {
      return new Repeats(atLeast, seeds, Optional.empty());
    }
    boolean sound = sweep.problems().list().size() == before;
    if (sound && (figure.isEmpty() || halfWidth == 0)) {
      stop.problem(
          figure.isEmpty() ? "figure" : "half-width",
          "stop needs both a figure and a half-width above 0, such as { figure ="
              + " munmap.latency_mean_ps, half-width = 0.05 }");
    }
    if (most < atLeast) {
      stop.problem("max-repeats", "must not be less than repeat, which is " + atLeast);
    }
    return new Repeats(
        atLeast, seeds, Optional.of(new Repeats.Stop(figure, halfWidth, most)));
  }

  private SweepSpec.Window window() {
    long warmUpPs = sweep.timePs("warm-up");
    long untilPs = sweep.timePsOr("until", Long.MAX_VALUE);
    if (untilPs <= warmUpPs) {
      sweep.problem("until", "the region of interest ends before the warm-up does");
    }
    return new SweepSpec.Window(warmUpPs, untilPs, sweep.timePs("starved-after"));
  }

  private Optional<SweepSpec.Boundary> boundary(List<Axis> axes) {
    Settings at = sweep.child("boundary");
    String figure = at.textOr("figure", "");
    String along = at.textOr("along", "");
    boolean whole = !figure.isEmpty() && !along.isEmpty() && at.has("above");
    double above = at.has("above") ? number(at, "above") : 0;
    at.finish();
    if (!whole) {
      if (!figure.isEmpty() || !along.isEmpty() || at.has("above")) {
        at.problem(
            "", "a boundary needs a figure, a threshold and an axis, such as { figure ="
                + " fault.starved_ratio, above = 0.5, along = pages }");
      }
      return Optional.empty();
    }
    int axis = Axes.indexOf(axes, along);
    if (axis < 0) {
      at.problem("along", Axes.noSuch(along, axes));
      return Optional.empty();
    }
    if (axes.get(axis).sampled()) {
      at.problem("along", "'" + along + "' is sampled; a boundary needs values that are nested");
    }
    return Optional.of(new SweepSpec.Boundary(figure, above, axis));
  }

  private static double number(Settings at, String key) {
    String text = at.text(key);
    Optional<Quantity> quantity =
        Quantity.parse(text).filter(amount -> amount.scale().isEmpty());
    if (quantity.isEmpty()) {
      at.problem(key, "'" + text + "' is no plain number; figures are compared without units");
    }
    return quantity.map(amount -> amount.amount().doubleValue()).orElse(0.0);
  }

  private Optional<Verdict> expect() {
    String text = sweep.textOr("expect", "");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Verdict.parse(text));
    } catch (IllegalArgumentException wrong) {
      sweep.problem("expect", wrong.getMessage());
      return Optional.empty();
    }
  }
}

package dev.shootdown.sweep;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Origins;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Dice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Reads single axes. */
final class AxisReader {
  /** The axis over a scenario's variants. */
  static final String VARIANT = "variant";

  /** Where a scenario declares parameters of its own. */
  static final String LET = "sweep.let.";

  private static final List<String> WIDTHS = List.of("step", "factor", "sample", "spread");
  private static final String COMMAND_LINE = "command line";
  private static final List<String> NO_RESULT = List.of("title", "question", "run.workers");

  private final Problems problems;
  private final TreeSet<String> parameters;
  private final ConfigObject variants;
  private final int samples;
  private final long sampleSeed;

  AxisReader(
      Problems problems, TreeSet<String> parameters, ConfigObject variants, int samples,
      long sampleSeed) {
    this.problems = problems;
    this.parameters = parameters;
    this.variants = variants;
    this.samples = samples;
    this.sampleSeed = sampleSeed;
  }

  /** An axis of the block; empty, with a problem, if it is none. */
  Optional<Axis> read(Settings at) {
    int before = problems.list().size();
    String path = at.textOr("path", "");
    String name = at.textOr("name", path);
    if (name.isEmpty()) {
      at.problem("path", "missing; an axis has a path, or a name and levels");
    }
    boolean sampled = at.has("sample");
    List<Level> levels = new ArrayList<>();
    if (at.has("levels")) {
      levels(at, levels);
    } else {
      for (String value : values(at, name)) {
        level(path, value, wrong -> at.problem("path", wrong)).ifPresent(levels::add);
      }
    }
    at.finish();
    if (levels.isEmpty() && problems.list().size() == before) {
      at.problem("values", "the axis is empty; write at least one value");
    }
    repeated(levels).ifPresent(
        label -> {
          if (!sampled) {
            at.problem("values", "'" + label + "' stands there twice");
          }
        });
    return levels.isEmpty()
        ? Optional.empty()
        : Optional.of(new Axis(name, Origins.show(at.origin()), sampled, levels));
  }

  private static Optional<String> repeated(List<Level> levels) {
    TreeSet<String> seen = new TreeSet<>();
    return levels.stream().map(Level::label).filter(label -> !seen.add(label)).findFirst();
  }

  private static void levels(Settings at, List<Level> levels) {
    for (Settings each : at.children("levels")) {
      String label = each.text("name");
      SortedMap<String, String> set = Texts.leaves(each.child("set").object());
      each.child("set").keys().forEach(each.child("set")::ignore);
      each.finish();
      set.keySet().stream().map(AxisReader::refused).flatMap(Optional::stream)
          .forEach(wrong -> each.problem("set", wrong));
      levels.add(new Level(label, set));
    }
    if (at.has("path") || at.has("values") || at.has("from")) {
      at.problem("levels", "an axis has levels, or a path with values, not both");
    }
  }

  private List<String> values(Settings at, String name) {
    if (at.has("values")) {
      List<String> values = at.texts("values");
      mixed(values).ifPresent(wrong -> at.problem("values", wrong));
      return values;
    }
    if (!at.has("from")) {
      at.problem("values", "missing; write values = [ ... ], or from and to with step or factor");
      return List.of();
    }
    Optional<Quantity> from = quantity(at, "from");
    Optional<Quantity> to = quantity(at, "to");
    boolean known = from.isPresent() && to.isPresent();
    if (!known || !from.get().isLike(to.get())
        || from.get().amount().compareTo(to.get().amount()) > 0) {
      WIDTHS.forEach(at::ignore); // there is something else to mend first
    }
    if (!known) {
      return List.of();
    }
    if (!from.get().isLike(to.get())) {
      at.problem("to", "mixed units: from is " + from.get().kind() + ", to is "
          + to.get().kind());
      return List.of();
    }
    if (from.get().amount().compareTo(to.get().amount()) > 0) {
      at.problem("to", "the axis is empty: to lies below from");
      return List.of();
    }
    return spread(at, new Span(from.get(), to.get()), name);
  }

  private List<String> spread(Settings at, Span span, String name) {
    if (at.has("sample")) {
      return sample(at, span, name);
    }
    Optional<Quantity> by = quantity(at, at.has("factor") ? "factor" : "step");
    if (by.isEmpty()) {
      return List.of();
    }
    Quantity width = by.get();
    boolean powers = at.has("factor");
    if (!powers && !width.isLike(span.from())) {
      at.problem("step", "mixed units: from is " + span.from().kind() + ", step is "
          + width.kind());
      return List.of();
    }
    if (powers ? width.scale().isPresent() || width.amount().compareTo(BigDecimal.ONE) <= 0
        || span.from().amount().signum() <= 0 : width.amount().signum() <= 0) {
      at.problem(
          powers ? "factor" : "step",
          powers
              ? "must be a plain number above 1, and from must lie above 0"
              : "must be above 0");
      return List.of();
    }
    List<String> values = powers ? span.powers(width.amount()) : span.steps(width);
    if (values.isEmpty()) {
      at.problem(powers ? "factor" : "step", "makes more than " + Span.VALUES_MAX + " values");
    }
    return values;
  }

  private List<String> sample(Settings at, Span span, String name) {
    String kind = at.text("sample");
    String spread = at.textOr("spread", "even");
    if (!kind.equals("latin-hypercube")) {
      at.problem("sample", "'" + kind + "' is no way to sample; write latin-hypercube");
    }
    boolean even = spread.equals("even");
    if (!even && !spread.equals("geometric")) {
      at.problem("spread", "must be even or geometric, not '" + spread + "'");
    } else if (!even && span.from().amount().signum() <= 0) {
      at.problem("from", "a geometric spread must begin above 0");
      return List.of();
    }
    return span.sample(samples, even, Dice.of(sampleSeed, "sweep/" + name));
  }

  private static Optional<Quantity> quantity(Settings at, String key) {
    String text = at.text(key);
    Optional<Quantity> quantity = Quantity.parse(text);
    if (quantity.isEmpty() && !text.isEmpty()) {
      at.problem(key, "'" + text + "' is no quantity; write a number, with its unit if it has one");
    }
    return quantity;
  }

  private static Optional<String> mixed(List<String> values) {
    Optional<Quantity> first = values.stream().findFirst().flatMap(Quantity::parse);
    for (String value : values) {
      Optional<Quantity> other = Quantity.parse(value);
      if (first.isPresent() && other.isPresent() && !first.get().isLike(other.get())) {
        return Optional.of(
            "mixed units: '" + values.get(0) + "' is " + first.get().kind() + ", '" + value
                + "' is " + other.get().kind());
      }
    }
    return Optional.empty();
  }

  /** Puts {@code name=value,value} in the place of the axis of that name, or behind all others. */
  void overlay(String text, List<Axis> axes) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      complain(text, "'" + text + "' is no axis; write PATH=VALUE,VALUE, such as kernel.era=B,C");
      return;
    }
    String name = text.substring(0, equals).strip();
    List<String> values =
        Arrays.stream(text.substring(equals + 1).split(",")).map(String::strip)
            .filter(value -> !value.isEmpty()).toList();
    int old = Axes.indexOf(axes, name);
    List<Level> levels = new ArrayList<>();
    for (String value : values) {
      int known = old < 0 ? -1 : axes.get(old).indexOf(value);
      if (known >= 0) {
        levels.add(axes.get(old).levels().get(known));
      } else if (old >= 0 && axes.get(old).levels().get(0).settings().size() != 1) {
        complain(name, "there is no level '" + value + "'; there are "
            + String.join(", ", axes.get(old).labels()));
      } else {
        String path =
            old < 0 ? name : axes.get(old).levels().get(0).settings().firstKey();
        level(path, value, wrong -> complain(name, wrong)).ifPresent(levels::add);
      }
    }
    if (values.isEmpty()) {
      complain(name, "the axis is empty; write at least one value");
    }
    mixed(values).ifPresent(wrong -> complain(name, wrong));
    repeated(levels).ifPresent(label -> complain(name, "'" + label + "' stands there twice"));
    if (levels.isEmpty()) {
      return;
    }
    Axis axis = new Axis(name, COMMAND_LINE, false, levels);
    if (old < 0) {
      axes.add(axis);
    } else {
      axes.set(old, axis);
    }
  }

  private void complain(String path, String message) {
    problems.addAt(COMMAND_LINE, path, message);
  }

  /** A level that sets one key, or chooses a variant. */
  private Optional<Level> level(String path, String value, Consumer<String> complain) {
    if (path.equals(VARIANT)) {
      return variant(value, complain);
    }
    String full = parameters.contains(path) ? LET + path : path;
    Optional<String> quoted = Texts.path(full);
    if (quoted.isEmpty()) {
      complain.accept("'" + path + "' is no path of a key");
      return Optional.empty();
    }
    Optional<String> refused = refused(quoted.get());
    if (refused.isEmpty() && full.startsWith(LET)
        && !parameters.contains(full.substring(LET.length()))) {
      refused =
          Optional.of("'" + full + "' is not declared in sweep.let, so it would change nothing");
    }
    refused.ifPresent(complain);
    return refused.isPresent() ? Optional.empty() : Optional.of(Level.of(quoted.get(), value));
  }

  private Optional<Level> variant(String name, Consumer<String> complain) {
    if (variants != null && variants.get(name) instanceof ConfigObject overlay) {
      TreeMap<String, String> set =
          new TreeMap<>(Texts.leaves(overlay.withoutKey("sweep")));
      return Optional.of(new Level(name, set));
    }
    TreeSet<String> known =
        variants == null ? new TreeSet<>() : new TreeSet<>(variants.keySet());
    complain.accept("there is no variant '" + name + "'"
        + Nearest.to(name, known).map(near -> "; did you mean '" + near + "'?")
            .orElse(known.isEmpty() ? ", nor any other" : "; there are " + known));
    return Optional.empty();
  }

  /** Why an axis may not set a key. */
  private static Optional<String> refused(String path) {
    if (path.equals("run.seed")) {
      return Optional.of("seeds are drawn for each run; write sweep.repeat for more of them");
    }
    if (NO_RESULT.contains(path)) {
      return Optional.of("'" + path + "' changes no result");
    }
    if (path.equals("accesses") || path.startsWith("accesses.")) {
      return Optional.of("an axis can't name files; write a variant for each, and an axis of them");
    }
    boolean inner = path.equals("variants") || path.startsWith("variants.")
        || path.equals("sweep") || path.startsWith("sweep.") && !path.startsWith(LET);
    return inner
        ? Optional.of("'" + path + "' is no key of a run; an axis sets what a run can be told")
        : Optional.empty();
  }
}

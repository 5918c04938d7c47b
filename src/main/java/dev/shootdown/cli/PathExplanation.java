package dev.shootdown.cli;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.mm.PathStepText;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.scenario.PathLines;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A kernel path step by step, or one primitive, as a person reads it. */
final class PathExplanation {
  private static final String PATHS = "paths";
  private static final int TEXT_COLUMNS = 89;
  private static final int STEP_COLUMNS = 32;

  private PathExplanation() {}

  /** What a shipped path {@code paths.NAME} or a primitive is; empty for any other key. */
  static Optional<String> of(String key) {
    Optional<Primitive> primitive = PathStepText.find(key);
    if (primitive.isPresent()) {
      return primitive.map(PathExplanation::text);
    }
    Problems problems = new Problems();
    ConfigObject reference = ConfigFiles.reference(problems);
    problems.throwIfAny();
    return in(reference, key, problems);
  }

  /**
   * What the path {@code paths.NAME} of {@code config} is; empty if {@code key} names none.
   *
   * @throws dev.shootdown.config.ConfigProblems if it can't be read
   */
  static Optional<String> in(ConfigObject config, String key, Problems problems) {
    String name = key.startsWith(PATHS + ".") ? key.substring(PATHS.length() + 1) : "";
    if (!(config.get(PATHS) instanceof ConfigObject all)
        || !(all.get(name) instanceof ConfigObject)) {
      return Optional.empty();
    }
    Settings at = Settings.of(config, "", problems).child(PATHS).child(name);
    List<Settings.Item> lines = at.items("steps");
    List<PathStep> steps = PathLines.steps(lines, problems);
    Path path = new Path(name, at.text("title"), at.text("site"), steps);
    problems.throwIfAny();
    return Optional.of(
        text(path, lines.stream().map(Settings.Item::text).toList(), problems.shown(at.origin())));
  }

  private static String text(Path path, List<String> lines, String origin) {
    StringBuilder text = new StringBuilder(PATHS + "." + path.name()).append('\n');
    Explanation.line(text, "meaning", wrapped(path.title(), TEXT_COLUMNS));
    Explanation.line(text, "site", path.site());
    Explanation.line(text, "eras", eras(path));
    Explanation.line(
        text, "steps", "what stands before a colon says who has the step: eras, architectures,\n"
            + "one variant of the call site (- the plain one)\n" + steps(path, lines));
    Explanation.line(text, "defined", origin);
    return text.toString();
  }

  /** The eras of the plain site, and of each variant behind it. */
  private static String eras(Path path) {
    return path.variants().stream()
        .map(
            variant -> variant.equals(Path.PLAIN)
                ? eras(path, variant)
                : "as " + path.name() + "+" + variant + ": " + eras(path, variant))
        .collect(Collectors.joining("\n"));
  }

  private static String eras(Path path, String variant) {
    String eras =
        Arrays.stream(Era.values())
            .filter(
                era -> Arrays.stream(Architecture.values())
                    .anyMatch(arch -> !path.in(era, arch, variant).isEmpty()))
            .map(Era::name).collect(Collectors.joining(", "));
    return eras.isEmpty() ? "none" : eras;
  }

  /** Each step as it is written, and beside the first with a primitive what that does. */
  private static String steps(Path path, List<String> lines) {
    StringBuilder text = new StringBuilder();
    Set<Primitive> told = EnumSet.noneOf(Primitive.class);
    for (int i = 0; i < lines.size(); i++) {
      Primitive primitive = path.steps().get(i).primitive();
      String does = told.add(primitive) ? PathStepText.does(primitive) : "";
      text.append(i == 0 ? "" : "\n").append(beside(lines.get(i).strip(), does));
    }
    return text.toString();
  }

  private static String beside(String step, String does) {
    if (does.isEmpty()) {
      return step;
    }
    String indent = " ".repeat(STEP_COLUMNS);
    String told =
        wrapped(does, TEXT_COLUMNS - STEP_COLUMNS).replace("\n", "\n" + indent);
    return step.length() < STEP_COLUMNS
        ? step + indent.substring(step.length()) + told : step + "\n" + indent + told;
  }

  private static String text(Primitive primitive) {
    StringBuilder text = new StringBuilder(primitive.text()).append('\n');
    Explanation.line(text, "meaning", wrapped(PathStepText.does(primitive), TEXT_COLUMNS));
    Explanation.line(text, "written", wrapped(primitive.usage(), TEXT_COLUMNS));
    Explanation.line(text, "example", PathStepText.example(primitive));
    Explanation.line(text, "defined", "a primitive of kernel paths, see docs/paths.md");
    return text.toString();
  }

  private static String wrapped(String text, int columns) {
    StringBuilder wrapped = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ")) {
      boolean fits = column + 1 + word.length() <= columns;
      if (column > 0) {
        wrapped.append(fits ? ' ' : '\n');
        column = fits ? column + 1 : 0;
      }
      wrapped.append(word);
      column += word.length();
    }
    return wrapped.toString();
  }
}

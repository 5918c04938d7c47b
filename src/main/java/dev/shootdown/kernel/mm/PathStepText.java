package dev.shootdown.kernel.mm;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.shootdown.config.Nearest;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What primitives do, as a person reads it; a test holds docs/paths.md to the same words. */
public final class PathStepText {
  private static final String RESOURCE = "primitives.conf";

  /** Read once, at the first question. */
  private static final class Shipped {
    static final Config TEXTS =
        ConfigFactory.parseResources(PathStepText.class.getClassLoader(), RESOURCE);
  }

  private PathStepText() {}

  /** What it does, one paragraph; empty if nobody has written that down. */
  public static String does(Primitive primitive) {
    return text(primitive, "does").replaceAll("\\s+", " ");
  }

  /** A step that has it; empty if nobody has written one down. */
  public static String example(Primitive primitive) {
    return text(primitive, "example");
  }

  private static String text(Primitive primitive, String key) {
    String path = primitive.text() + "." + key;
    return Shipped.TEXTS.hasPath(path) ? Shipped.TEXTS.getString(path) : "";
  }

  /** The primitive of that name. */
  public static Optional<Primitive> find(String word) {
    return Arrays.stream(Primitive.values())
        .filter(primitive -> primitive.text().equals(word)).findFirst();
  }

  /** What {@code word} may stand for, behind a complaint that it is no primitive. */
  static String hint(String word) {
    List<String> known = Arrays.stream(Primitive.values()).map(Primitive::text).toList();
    Optional<String> slip = Nearest.to(word, known);
    List<String> parts = List.of(word.split("[-_]"));
    List<String> alike =
        known.stream()
            .filter(name -> Arrays.stream(name.split("-")).anyMatch(parts::contains)).toList();
    return slip.map(near -> "did you mean '" + near + "'? ")
        .orElse(alike.isEmpty() ? "" : "there are " + String.join(", ", alike) + "; ")
        + "'./shootdown list primitives' has all";
  }
}

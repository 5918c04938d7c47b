package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.ShippedPolicies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference of the path language says what the code says. */
class PathsDocTest {
  private static final Pattern ENTRY =
      Pattern.compile("(?ms)^\\* `([^`]+)`:(.*?)Example:\\s+`([^`]+)`");
  private static final Pattern BLOCK = Pattern.compile("(?s)```\\n(.*?)```");
  private static final Pattern STEP = Pattern.compile("\"([^\"]+)\"");

  private static String page() {
    try {
      return Files.readString(java.nio.file.Path.of("docs", "paths.md"));
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /** The example of a primitive, null if it has no entry. */
  static String example(Primitive primitive) {
    Matcher entry = ENTRY.matcher(page());
    while (entry.find()) {
      if (entry.group(1).equals(primitive.usage())) {
        return entry.group(3);
      }
    }
    return null;
  }

  @ParameterizedTest
  @EnumSource(Primitive.class)
  void shouldDescribeEachPrimitiveWithAnExampleOfIt(Primitive primitive) {
    assertThat(example(primitive)).as(primitive.usage()).isNotNull();
    assertThat(PathStep.parse(example(primitive)).primitive()).isEqualTo(primitive);
  }

  /** What the program prints is what the page says, but for its marks. */
  @ParameterizedTest
  @EnumSource(Primitive.class)
  void shouldSayOfEachPrimitiveWhatTheProgramPrints(Primitive primitive) {
    assertThat(PathStepText.does(primitive)).as(primitive.text())
        .isEqualTo(said(primitive));
    assertThat(PathStepText.example(primitive)).as(primitive.text())
        .isEqualTo(example(primitive));
  }

  private static String said(Primitive primitive) {
    Matcher entry = ENTRY.matcher(page());
    while (entry.find()) {
      if (entry.group(1).equals(primitive.usage())) {
        return entry.group(2).replace("`", "").replaceAll("\\s+", " ").strip();
      }
    }
    return null;
  }

  @Test
  void shouldDescribeNothingThatDoesNotExist() {
    List<String> described = new ArrayList<>();
    Matcher entry = ENTRY.matcher(page());
    while (entry.find()) {
      described.add(entry.group(1));
    }
    List<String> known = new ArrayList<>();
    for (Primitive primitive : Primitive.values()) {
      known.add(primitive.usage());
    }
    assertThat(described).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void shouldShowPathsThatAreAccepted() {
    Matcher block = BLOCK.matcher(page());
    int shown = 0;
    while (block.find()) {
      String text = block.group(1).replaceAll("title = .*", "");
      List<PathStep> steps = new ArrayList<>();
      Matcher step = STEP.matcher(text);
      while (step.find()) {
        steps.add(PathStep.parse(step.group(1)));
      }
      Path path = new Path("shown", "", "", steps);
      for (Era era : Era.values()) {
        assertThat(PathCheck.check(path.in(era, Architecture.ARM64))).as(text).isEmpty();
      }
      shown++;
    }
    assertThat(shown).isEqualTo(3);
  }

  @Test
  void shouldNameEachPolicy() {
    for (Policy policy : ShippedPolicies.all()) {
      assertThat(page()).contains("`" + policy.name() + "`");
    }
  }
}

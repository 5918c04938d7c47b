package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps that belong to some variants of a call site. */
class VariantsTest {
  private static final Path PATH =
      Trip.path("p", "spend 1us", "-b: spend 2us", "BC/b: spend 3us", "d: spend 4us");

  private static List<String> steps(Era era, String variant) {
    return PATH.in(era, Architecture.X86, variant).stream().map(PathStep::argument).toList();
  }

  @Test
  void shouldGiveAStepToEachVariantThatItNames() {
    assertThat(PATH.variants()).containsExactly("-", "b", "d");
    assertThat(steps(Era.B, "-")).containsExactly("1us", "2us");
    assertThat(steps(Era.B, "b")).containsExactly("1us", "2us", "3us");
    assertThat(steps(Era.B, "d")).containsExactly("1us", "4us");
    assertThat(PATH.variant("b").in(Era.C)).hasSize(3);
  }

  @Test
  void shouldGoByStepsOfAVariantAloneWhenItIsAskedForAnEra() {
    assertThat(steps(Era.A, "b")).isEmpty();
    assertThat(steps(Era.A, "d")).isNotEmpty();
  }

  @Test
  void shouldNotTakeAMistypedArchitectureForVariants() {
    for (String typo : List.of("arm: spend 1us", "ab: spend 1us", "x8: spend 1us")) {
      assertThatIllegalArgumentException().isThrownBy(() -> PathStep.parse(typo))
          .withMessageContaining("is no era");
    }
  }
}

package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class RangeRuleTest {
  private static final PageRange SEVEN_TO_TEN = new PageRange(7, 4);

  private static RangeRule rule(RangeRule.Kind kind) {
    return new RangeRule(kind, 33);
  }

  @Test
  void shouldCoverNoPageMoreWhenItIsExact() {
    assertThat(rule(RangeRule.Kind.EXACT).ranges(SEVEN_TO_TEN))
        .containsExactly(PageRange.of(7), new PageRange(8, 2), PageRange.of(10));
    assertThat(rule(RangeRule.Kind.EXACT).ranges(new PageRange(0, 513)))
        .containsExactly(new PageRange(0, 512), PageRange.of(512));
  }

  @Test
  void shouldGrowAsTheRuleSays() {
    assertThat(rule(RangeRule.Kind.DRIVER).ranges(SEVEN_TO_TEN)).containsExactly(SEVEN_TO_TEN);
    assertThat(rule(RangeRule.Kind.POWER_OF_TWO).ranges(SEVEN_TO_TEN))
        .containsExactly(new PageRange(0, 16));
    assertThat(rule(RangeRule.Kind.WHOLE_PASID).ranges(PageRange.of(7)))
        .containsExactly(PageRange.ALL);
    assertThat(rule(RangeRule.Kind.WIDENED).ranges(new PageRange(7, 33)))
        .containsExactly(new PageRange(7, 33));
    assertThat(rule(RangeRule.Kind.WIDENED).ranges(new PageRange(7, 34)))
        .containsExactly(PageRange.ALL);
  }

  @Test
  void shouldLeaveToTheDriverWhatIsEmptyOrEverything() {
    PageRange empty = new PageRange(PageRange.ALL_PAGES, 0);
    for (RangeRule.Kind kind : RangeRule.Kind.values()) {
      boolean told = kind != RangeRule.Kind.NOTHING;
      assertThat(rule(kind).ranges(empty)).isEqualTo(told ? List.of(empty) : List.of());
      assertThat(rule(kind).ranges(PageRange.ALL))
          .isEqualTo(told ? List.of(PageRange.ALL) : List.of());
    }
  }
}

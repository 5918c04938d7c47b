package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The judges against a machine that is correct, and against one that breaks a single rule. */
class ReferenceMachineTest {
  private static final int SEEDS = 60;
  private static final int SEEDS_BROKEN = 6;
  private static final int STEPS = 600;

  private static Judgement judge(long seed, Optional<Rule> broken) {
    Court court = new Court();
    new ReferenceMachine(court, seed, broken).run(STEPS);
    // It has no state but what it states: where its facts repeat, it does.
    return court.judgement(false, (fromPs, untilPs) -> Optional.empty());
  }

  @Test
  void shouldFindNothingWhenTheMachineIsCorrect() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      assertThat(judge(seed, Optional.empty()).findings()).as("seed %d", seed).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void shouldGiveTheVerdictWhenOneRuleIsBroken(Rule rule) {
    for (long seed = 1; seed <= SEEDS_BROKEN; seed++) {
      assertThat(judge(seed, Optional.of(rule)).findings()).as("%s, seed %d", rule, seed)
          .extracting(Finding::verdict).contains(rule.verdict());
    }
  }
}

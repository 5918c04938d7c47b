package dev.shootdown.kernel.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.notifier.Policy.Change;
import dev.shootdown.kernel.notifier.Policy.Flush;
import dev.shootdown.kernel.notifier.Policy.Point;
import dev.shootdown.kernel.notifier.Policy.Subscribers;
import dev.shootdown.kernel.notifier.Policy.Width;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies are data: what ships, what a user may write, and what is refused where. */
class PolicyReaderTest {
  private final Problems problems = new Problems();

  private Map<String, Policy> read(String text) {
    ConfigParseOptions named =
        ConfigParseOptions.defaults().setOriginDescription("patch.conf");
    return PolicyReader.read(
        Settings.of(ConfigFactory.parseString(text, named).root(), "policies", problems));
  }

  @Test
  void shouldShipWhatEachEraCanHave() {
    assertThat(ShippedPolicies.all()).extracting(Policy::name).containsExactly(
        "era", "under-ptl", "after-ptl", "at-end", "only-end", "both", "deferred", "arch");
    assertThat(ShippedPolicies.of("era").ownSteps()).isEqualTo(Policy.ERA.ownSteps());
    assertThat(ShippedPolicies.of("era")).isEqualTo(Policy.ERA);
    for (Policy policy : ShippedPolicies.all()) {
      for (Era era : Era.values()) {
        boolean possible = policy.reasonAgainst(era).isEmpty();
        boolean expected = switch (policy.name()) {
          case "era" -> true;
          case "arch" -> era == Era.C;
          case "at-end", "both" -> era != Era.C;
          default -> era == Era.B;
        };
        assertThat(possible).as("%s in %s", policy, era).isEqualTo(expected);
      }
    }
  }

  @Test
  void shouldReadWhatAUserWrites() {
    Policy policy =
        read(
            """
            rule-a-b {
              title = "only where the page changes"
              flush = [
                { at = under-ptl, after = [clear, repoint] }
                { at = at-end, after = [downgrade], range = all, queued = true }
              ]
              subscribers = never
            }
            """).get("rule-a-b");

    assertThat(problems.list()).isEmpty();
    assertThat(policy.flushes()).containsExactly(
        new Flush(
            Point.UNDER_PTL, EnumSet.of(Change.CLEAR, Change.REPOINT), Width.CHANGED, false),
        new Flush(Point.AT_END, EnumSet.of(Change.DOWNGRADE), Width.ALL, true));
    assertThat(policy.subscribers()).isEqualTo(Subscribers.NEVER);
    assertThat(policy.eras()).containsExactly(Era.B);
    assertThat(policy.defers()).isTrue();
    assertThat(policy.keepsOwnSteps()).isFalse();
    assertThat(policy.reasonAgainst(Era.A)).hasValueSatisfying(
        reason -> assertThat(reason).contains("4645b9fe84bf"));
  }

  @Test
  void shouldGiveEveryEraThatCanHaveItWhenNoneIsNamed() {
    Map<String, Policy> read =
        read(
            """
            end { flush = [ { at = at-end } ] }
            start { own-steps = true, flush = [ { at = at-start } ] }
            after { own-steps = true, subscribers = at-end }
            twice-in-c { flush = [ { at = cpu-flush }, { at = at-end } ] }
            """);

    assertThat(problems.list()).isEmpty();
    assertThat(read.get("end").eras()).containsExactly(Era.A, Era.B);
    assertThat(read.get("start").eras()).containsExactly(Era.A, Era.B, Era.C);
    assertThat(read.get("after").eras()).containsExactly(Era.A);
    assertThat(read.get("twice-in-c").eras()).containsExactly(Era.C);
    assertThat(read.get("start").keepsOwnSteps()).isFalse();
    assertThat(read.get("after").keepsOwnSteps()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ eras = C, flush = [ { at = at-end } ] } | p.eras | era C can't have it: era C flushes",
        "{ eras = B, flush = [ { at = cpu-flush } ] } | p.eras | before era C",
        "{ eras = A, flush = [ { at = under-ptl } ] } | p.eras | only_end came with era B",
        "{ eras = AB, own-steps = true, subscribers = at-end } | p.eras | era B can't have it",
        "{ eras = D } | p.eras | 'D' names no eras",
        "{ flush = [ { at = cpu-flush } ], subscribers = at-end } | p | no era can have it",
        "{ flush = [ { at = nowhere } ] } | p.flush[0].at | must be one of under-ptl, after-ptl",
        "{ flush = [ { at = at-end, after = [swap] } ] } | p.flush[0].after[0] | no change",
        "{ flush = [ { at = at-start, queued = true } ] } | p.flush[0].queued | no meaning here",
        "{ flush = [ { at = at-start, range = changed } ] } | p.flush[0].range | nothing has been",
        "{ flush = [ { at = cpu-flush, range = all } ] } | p.flush[0].range | no meaning here",
        "{ flush = [ { at = at-end, widht = all } ] } | p.flush[0].widht | unknown",
        "{ own-steps = maybe } | p.own-steps | must be true or false",
      })
  void shouldRefuseAMistakeWhereItIsWritten(String entry, String path, String message) {
    read("\n\np " + entry);

    assertThat(problems.list())
        .anySatisfy(
            problem -> {
              assertThat(problem.path()).isEqualTo("policies." + path);
              assertThat(problem.message()).contains(message);
              assertThat(problem.origin()).isEqualTo("patch.conf:3");
            });
  }

  @Test
  void shouldRefuseANameThatNobodyCouldWrite() {
    read("\"Under PTL\" { flush = [ { at = under-ptl } ] }");

    assertThat(problems.list()).extracting(Problem::message)
        .anyMatch(message -> message.contains("is no name of a policy"));
  }

  @Test
  void shouldNameWhatThereIsWhenAPolicyIsUnknown() {
    Map<String, Policy> known = read("one { flush = [ { at = under-ptl } ] }");
    Settings kernel =
        Settings.of(ConfigFactory.parseString("policy = onne").root(), "kernel", problems);

    assertThat(PolicyReader.named(kernel, "policy", known)).isEmpty();
    assertThat(problems.list()).singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .isEqualTo("must be one of one, not 'onne'; did you mean 'one'?"));
  }

  @Test
  void shouldTellAPlainFlushFromOthers() {
    assertThat(ShippedPolicies.of("under-ptl").isJust(Point.UNDER_PTL)).isTrue();
    assertThat(ShippedPolicies.of("both").isJust(Point.UNDER_PTL)).isFalse();
    assertThat(new Flush(Point.UNDER_PTL, Set.of(), Width.CHANGED, false))
        .isEqualTo(Flush.of(Point.UNDER_PTL));
  }
}

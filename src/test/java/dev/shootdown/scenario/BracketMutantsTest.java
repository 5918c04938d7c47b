package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.check.Court;
import dev.shootdown.check.Finding;
import dev.shootdown.check.Judgement;
import dev.shootdown.check.Verdict;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Invariant I9: whoever opens a bracket closes it, once, and subscribers count along. The loader
 * refuses paths that don't, so it is a part that breaks the rule here: what a clean run states is
 * judged again as it would be stated by such a part.
 */
class BracketMutantsTest {
  private static SystemPool pool;
  private static List<TraceLine> gpu;
  private static List<TraceLine> vm;

  @BeforeAll
  static void open() {
    pool = new SystemPool();
    gpu = trace("40", "fixed", "run.until=200us");
    vm = trace("35", "right");
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  private static List<TraceLine> trace(String number, String variant, String... overrides) {
    return Scene.run(
        pool, Scene.variant(Scene.shipped(number), variant, overrides), 1, true).trace();
  }

  /** What judges say if each fact is stated as {@code part} does. */
  private static List<String> said(
      List<TraceLine> lines, Function<MachineFact, Stream<MachineFact>> part) {
    Court court = new Court();
    for (TraceLine line : lines) {
      part.apply(line.fact())
          .forEach(fact -> court.seen(line.atPs(), line.component(), fact));
    }
    Judgement judgement = court.judgement();
    return judgement.findings().stream()
        .filter(finding -> finding.verdict() == Verdict.PROTOCOL_BREACH)
        .map(Finding::summary).toList();
  }

  @Test
  void shouldStaySilentWhenPartsDoAsTheyShould() {
    assertThat(gpu).extracting(TraceLine::fact).hasAtLeastOneElementOfType(
        MachineFact.IntervalsCounted.class);
    assertThat(vm).extracting(TraceLine::fact).hasAtLeastOneElementOfType(
        MachineFact.BracketsCounted.class);
    assertThat(said(gpu, Stream::of)).isEmpty();
    assertThat(said(vm, Stream::of)).isEmpty();
  }

  @Test
  void shouldFindABreachWhenABracketIsNeverClosed() {
    assertThat(said(gpu,
        fact -> fact instanceof MachineFact.BracketClosed ? Stream.of() : Stream.of(fact)))
        .isNotEmpty().allMatch(text -> text.contains("ended inside a notifier bracket"));
  }

  @Test
  void shouldFindABreachWhenABracketIsClosedTwice() {
    assertThat(said(gpu,
        fact -> fact instanceof MachineFact.BracketClosed
            ? Stream.of(fact, fact) : Stream.of(fact)))
        .isNotEmpty().allMatch(text -> text.contains("that it had not opened"));
  }

  @Test
  void shouldFindABreachWhenASubscriberIsToldTheEndTwice() {
    assertThat(said(gpu,
        fact -> fact instanceof MachineFact.SubscriberEnded
            ? Stream.of(fact, fact) : Stream.of(fact)))
        .isNotEmpty().allMatch(text -> text.contains("that never started there"));
  }

  /** It adds one, and forgets that, when a collision is over. */
  @Test
  void shouldFindABreachWhenTheSequenceStaysOddWhenIdle() {
    assertThat(said(gpu,
        fact -> fact instanceof MachineFact.IntervalsCounted kept && kept.counted() == 0
            ? Stream.of(new MachineFact.IntervalsCounted(
                kept.mm(), 0, kept.sequence() - kept.sequence() % 2 + 1))
            : Stream.of(fact)))
        .isNotEmpty()
        .anyMatch(text -> text.contains("has an odd sequence while nothing is invalidated"));
  }

  @Test
  void shouldFindABreachWhenACountIsTakenDownTwice() {
    assertThat(said(vm,
        fact -> fact instanceof MachineFact.BracketsCounted kept && kept.counted() == 0
            ? Stream.of(fact, new MachineFact.BracketsCounted(
                kept.mm(), -1, kept.sequence() + 1))
            : Stream.of(fact)))
        .anyMatch(text -> text.contains("counts -1 invalidations as under way"));
  }

  /** The sequence goes up behind the count: a fill in between finds neither. */
  @Test
  void shouldFindABreachWhenTheCountGoesDownFirst() {
    long[] before = new long[1];
    assertThat(said(vm,
        fact -> {
          if (fact instanceof MachineFact.BracketsCounted kept) {
            long stated = kept.counted() == 0 ? before[0] : kept.sequence();
            before[0] = kept.sequence();
            return Stream.of(
                new MachineFact.BracketsCounted(kept.mm(), kept.counted(), stated));
          }
          return Stream.of(fact);
        }))
        .anyMatch(text -> text.contains("as over before its sequence went up"));
  }
}

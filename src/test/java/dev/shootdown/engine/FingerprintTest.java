package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {
  private static final long EPOCH_PS = 5_000;

  private static Fingerprint print(
      SystemPool.HandOver handOver, RunOptions options, boolean observed) {
    Optional<Observer> observer =
        observed ? Optional.of((atPs, component, fact) -> {}) : Optional.empty();
    try (SystemPool pool = new SystemPool(handOver)) {
      RunOutcome outcome =
          new Simulation(pool, Gossip.blueprint(4, 25), options, observer).run();
      assertThat(outcome.failure()).isEmpty();
      return outcome.fingerprint();
    }
  }

  private static Fingerprint plain() {
    return print(SystemPool.HandOver.DIRECT, Lab.epochs(EPOCH_PS), false);
  }

  @ParameterizedTest
  @CsvSource({
    "DIRECT, 1, true", "DIRECT, 2, false", "DIRECT, 2, true", "DIRECT, 3, false",
    "MAILBOX, 1, false", "MAILBOX, 1, true", "MAILBOX, 2, false", "MAILBOX, 3, true"
  })
  void shouldBeTheSameWhenOnlyTheWayOfRunningDiffers(
      SystemPool.HandOver handOver, int workers, boolean observed) {
    Fingerprint other =
        print(handOver, Lab.epochs(EPOCH_PS).withWorkers(workers), observed);

    assertThat(other).isEqualTo(plain());
    assertThat(other.total()).matches("[0-9a-f]{32}");
    assertThat(other.epochs()).isNotEmpty();
  }

  @Test
  void shouldDifferWhenTheSeedDiffers() {
    RunOptions options = Lab.epochs(EPOCH_PS);
    String two = print(SystemPool.HandOver.DIRECT, options.withSeed(2), false).total();
    String again = print(SystemPool.HandOver.DIRECT, options.withSeed(2), false).total();

    assertThat(two).isNotEqualTo(plain().total()).isEqualTo(again);
  }

  @Test
  void shouldDifferButRepeatWhenTheTieOrderHasASeed() {
    String first = print(SystemPool.HandOver.DIRECT, Lab.tied(5), false).total();
    String again = print(SystemPool.HandOver.DIRECT, Lab.tied(5).withWorkers(2), false).total();

    assertThat(first).isEqualTo(again).isNotEqualTo(plain().total());
  }

  private static Blueprint marking(String name, String... texts) {
    return Blueprint.builder()
        .component(
            name,
            Lab.starter(
                ctx -> {
                  for (String text : texts) {
                    ctx.mark(new Lab.Note(text));
                  }
                }))
        .build();
  }

  @Test
  void shouldDifferWhenAFactItsOrderItsCountOrItsPartDiffers() {
    List<Blueprint> blueprints =
        List.of(
            marking("a", "x", "y"),
            marking("a", "y", "x"),
            marking("a", "x", "z"),
            marking("a", "x", "y", "y"),
            marking("b", "x", "y"));

    assertThat(blueprints)
        .extracting(blueprint -> Lab.run(blueprint).fingerprint().total())
        .doesNotHaveDuplicates();
  }

  /** Marks at 500, 600 and 2,500 ps. */
  private static Blueprint markingInEpochs(String last) {
    return Blueprint.builder()
        .component(
            "a",
            Lab.part(
                ctx -> {
                  ctx.after(500, "x");
                  ctx.after(600, "y");
                  ctx.after(2_500, last);
                },
                (ctx, message) -> ctx.mark(new Lab.Note((String) message))))
        .component("silent", Lab.starter(ctx -> ctx.after(5_500, "nothing to say")))
        .build();
  }

  @Test
  void shouldListTheEpochsInWhichAPartMarkedSomething() {
    Fingerprint print = Lab.run(markingInEpochs("z"), Lab.epochs(1_000)).fingerprint();

    assertThat(print.epochs())
        .extracting(epoch -> epoch.endPs() + " " + epoch.component())
        .containsExactly("1000 a", "3000 a");
    assertThat(print.epochs())
        .extracting(Fingerprint.Epoch::digest)
        .allMatch(digest -> digest.matches("[0-9a-f]{16}"))
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldNameTheFirstEpochThatDiffersWhenTwoRunsPart() {
    List<Fingerprint.Epoch> one =
        Lab.run(markingInEpochs("z"), Lab.epochs(1_000)).fingerprint().epochs();
    List<Fingerprint.Epoch> two =
        Lab.run(markingInEpochs("w"), Lab.epochs(1_000)).fingerprint().epochs();

    assertThat(one.get(0)).isEqualTo(two.get(0));
    assertThat(one.get(1).endPs()).isEqualTo(two.get(1).endPs()).isEqualTo(3_000);
    assertThat(one.get(1).digest()).isNotEqualTo(two.get(1).digest());
  }
}

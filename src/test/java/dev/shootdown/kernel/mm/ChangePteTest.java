package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is handed an entry before it is stored, and in which eras. */
class ChangePteTest {
  private static List<Program.Step> run(Era era, String... steps) {
    MiniKernel kernel =
        new MiniKernel(new KernelMap(1, 0, List.of(), List.of(List.of(0)), false), null);
    kernel.spaces(List.of(), Trip.leaves());
    kernel.frames(1_000, List.of());
    kernel.<FakeSubscriber.Command>add(
        kernel.map.subscriber(0), ctx -> FakeSubscriber.create(false, () -> { }, ctx),
        FakeSubscriber.Arrived::new);
    KernelSetup setup =
        new KernelSetup(
            kernel.map, Trip.COSTS, new Placement(era, Architecture.X86, Policy.ERA),
            new TestRules(era), new TreeMap<>());
    List<Program.Step> done =
        kernel.run(0, new PathProgram(Trip.job(steps), setup)).steps;
    assertThat(kernel.breaches()).isEmpty();
    return done;
  }

  private static List<KernelCall.ChangePte> changes(List<Program.Step> steps) {
    return steps.stream().filter(Program.Ask.class::isInstance).map(Program.Ask.class::cast)
        .map(Program.Ask::request).filter(KernelCall.ChangePte.class::isInstance)
        .map(KernelCall.ChangePte.class::cast).toList();
  }

  private static final String[] COPY = {
    "pte-look", "page-alloc anon", "ptl-lock", "pte-clear keep-lock", "AB: change-pte fresh",
    "pte-repoint keep-lock", "ptl-unlock"
  };

  @ParameterizedTest
  @ValueSource(strings = {"A", "B"})
  void shouldHandEachPageBeforeItIsStored(String era) {
    List<Program.Step> steps = run(Era.valueOf(era), COPY);

    assertThat(changes(steps))
        .extracting(KernelCall.ChangePte::page).containsExactly(10L, 11L, 12L, 13L);
    assertThat(changes(steps)).extracting(KernelCall.ChangePte::pfn)
        .containsExactly(1_000L, 1_001L, 1_002L, 1_003L);
    assertThat(changes(steps)).allMatch(KernelCall.ChangePte::writable);
    assertThat(Trip.words(steps)).containsSubsequence(
        "CLEAR keep 10+4", "ChangePte", "ChangePte", "ChangePte", "ChangePte",
        "REPOINT keep 10+4", "TableUnlock");
  }

  @Test
  void shouldHandNothingInEraC() {
    assertThat(changes(run(Era.C, COPY))).isEmpty();
  }

  @Test
  void shouldNameTheSameFrameWhenOnlyTheRightChanges() {
    List<Program.Step> steps =
        run(Era.B, "ptl-lock", "pte-clear keep-lock", "AB: change-pte same read-only",
            "pte-return read-only keep-lock", "ptl-unlock");

    assertThat(changes(steps)).hasSize(4)
        .allMatch(change -> change.pfn() == change.page() + 100 && !change.writable());
  }

  @Test
  void shouldHandNothingOfAPageThatThePathHasNotTakenOut() {
    assertThat(changes(run(Era.B, "pte-look", "page-alloc anon", "ptl-lock",
        "AB: change-pte fresh", "ptl-unlock"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"change-pte fresh", "C: change-pte fresh", "BC: change-pte same"})
  void shouldRefuseItWhereEraCWouldHaveIt(String step) {
    assertThatIllegalArgumentException().isThrownBy(() -> PathStep.parse(step))
        .withMessageContaining("'change-pte' has no place in era C")
        .withMessageContaining("6.10").withMessageContaining("AB:");
  }
}

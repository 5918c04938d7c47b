package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.kernel.notifier.Policy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** pte_accessible: what nobody can have cached is not flushed, nor are secondary TLBs with it. */
class AccessibleFlushTest {
  private static final List<String> TAKE_OUT =
      List.of("pte-migration keep-lock", "cpu-flush accessible", "ptl-unlock");

  private static List<String> flushes(Architecture architecture, List<String> steps) {
    Trip trip =
        new Trip(Trip.four(), new Placement(Era.C, architecture, Policy.ERA));
    List<String> words = trip.run(steps.toArray(String[]::new));
    words.removeIf(word -> !word.startsWith("cpu") && !word.startsWith("sec"));
    return words;
  }

  private static List<String> then(List<String> steps, String... before) {
    List<String> all = new ArrayList<>(List.of(before));
    all.addAll(steps);
    return all;
  }

  @Test
  void shouldFlushWhatGaveAccess() {
    assertThat(flushes(Architecture.X86, TAKE_OUT)).containsExactly("cpu 10+4", "sec 10+4");
  }

  @ParameterizedTest
  @EnumSource(names = {"X86", "ARM64", "RISCV"})
  void shouldLeaveAHintAloneWhenNoFlushIsPending(Architecture architecture) {
    assertThat(flushes(architecture, then(TAKE_OUT, "pte-protnone"))).isEmpty();
  }

  /** The hint's own flush may not have come yet (20841405940e). */
  @Test
  void shouldFlushAHintWhenAGatherIsActive() {
    List<String> steps = then(TAKE_OUT, "pte-protnone", "gather-begin");
    steps.add("gather-end");

    assertThat(flushes(Architecture.X86, steps)).containsExactly("cpu 10+4", "sec 10+4");
  }

  @Test
  void shouldFlushAHintWhenTheArchitectureHasNoSuchTest() {
    assertThat(flushes(Architecture.POWER, then(TAKE_OUT, "pte-protnone")))
        .containsExactly("cpu 10+4", "sec 10+4");
  }

  @Test
  void shouldQueueOnlyWhatGaveAccess() {
    List<String> queued = List.of("pte-swap keep-lock", "batch-add", "ptl-unlock", "batch-flush");

    assertThat(flushes(Architecture.X86, queued)).isNotEmpty();
    assertThat(flushes(Architecture.X86, then(queued, "pte-protnone"))).isEmpty();
    List<String> pending = then(queued, "pte-protnone", "gather-begin");
    pending.add("gather-end");
    assertThat(flushes(Architecture.X86, pending)).isNotEmpty();
  }
}

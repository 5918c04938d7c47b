package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.SystemPool;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shipped paths do in which order, where that is easily got wrong. */
class ShippedPathsTest {
  private static final Map<String, Path> PATHS =
      Scenarios.profile("two-socket-ats", List.of("processes=[{name=app}]")).kernel().paths();

  private static List<Primitive> steps(String path, Era era, Architecture architecture) {
    return PATHS.get(path).in(era, architecture).stream().map(PathStep::primitive).toList();
  }

  /** MMU_GATHER_MERGE_VMAS: only x86 and Power leave the flush to the end of the gather. */
  @ParameterizedTest
  @ValueSource(strings = {"dontneed", "truncate", "madv-free", "oom-reap"})
  void shouldCommitBeforeTheBracketEndsWhereAreasAreNotMerged(String path) {
    for (Era era : Era.values()) {
      for (Architecture architecture : Architecture.values()) {
        List<Primitive> steps = steps(path, era, architecture);
        boolean merges = architecture == Architecture.X86 || architecture == Architecture.POWER;
        int end = steps.indexOf(Primitive.N_END);
        if (end >= 0) {
          assertThat(steps.subList(0, end).contains(Primitive.COMMIT))
              .as("%s %s", era, architecture).isNotEqualTo(merges);
          assertThat(steps.subList(end, steps.size()))
              .as("tlb_finish_mmu asks for others after the bracket")
              .containsSubsequence(Primitive.GATHER_CHECK, Primitive.COMMIT);
          assertThat(steps).containsOnlyOnce(Primitive.GATHER_CHECK);
        }
      }
    }
  }

  /** unmap_vmas: each area at its end there; the rest, and what nested gathers owe, at last. */
  @Test
  void shouldCommitEachAreaOfAnUnmapWhereAreasAreNotMerged() {
    for (Era era : Era.values()) {
      for (Architecture architecture : Architecture.values()) {
        List<Primitive> steps = steps("munmap", era, architecture);
        boolean merges = architecture == Architecture.X86 || architecture == Architecture.POWER;
        int end = steps.indexOf(Primitive.N_END);
        assertThat(steps.subList(0, end).contains(Primitive.COMMIT)).isNotEqualTo(merges);
        assertThat(steps.subList(end, steps.size()))
            .containsSubsequence(Primitive.GATHER_CHECK, Primitive.COMMIT, Primitive.PAGE_FREE);
        assertThat(steps).containsOnlyOnce(Primitive.GATHER_CHECK);
      }
    }
  }

  /** VM_PFNMAP: flushed at the end of the area on x86 as well (CVE-2022-39188). */
  @Test
  void shouldCommitBeforeTheBracketEndsWhereAnAreaHasNoPages(@TempDir java.nio.file.Path folder) {
    for (boolean mapped : new boolean[] {false, true}) {
      Scenario scenario =
          Scene.load(
                  Scene.write(
                      folder,
                      """
                      include classpath("profiles/two-socket-ats.conf")
                      processes = [ { name = app, areas = [
                        { name = a, at = "0x1000", pages = 2, state = %s } ] } ]
                      workload = [ { cpu = cpu0, process = app, do = ["munmap a"] } ]
                      """.formatted(mapped ? "pfn-mapped" : "plain")))
              .get(0).scenario();
      try (SystemPool pool = new SystemPool()) {
        List<Class<?>> facts =
            Scene.run(pool, scenario, 1, true).trace().stream()
                .<Class<?>>map(line -> line.fact().getClass()).toList();
        assertThat(facts.indexOf(MachineFact.FlushBegan.class))
            .isPositive()
            .matches(at -> at < facts.indexOf(MachineFact.BracketClosed.class) == mapped);
      }
    }
  }

  /** flush_tlb_batched_pending: under the page-table lock, before any entry changes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "munmap", "dontneed", "truncate", "exit", "mprotect", "mprotect-write", "mremap",
        "madv-free", "numa-hint", "uffd-wp", "oom-reap"
      })
  void shouldAskForBatchesRightBeforeEntriesChange(String path) {
    List<Primitive> steps = steps(path, Era.C, Architecture.X86);
    int at = steps.indexOf(Primitive.BATCHED_PENDING);

    assertThat(at).isPositive();
    assertThat(steps.subList(0, at)).contains(Primitive.FOR_GROUP)
        .noneMatch(step -> step.text().startsWith("pte-"));
    assertThat(steps.get(at + 1).text()).startsWith("pte-");
    assertThat(steps.lastIndexOf(Primitive.BATCHED_PENDING)).isEqualTo(at);
  }

  @Test
  void shouldNotExistBeforeLinuxHadThem() {
    assertThat(PATHS.get("uffd-wp").in(Era.A)).isEmpty();
    assertThat(PATHS.get("uffd-wp").in(Era.B)).isNotEmpty();
    assertThat(PATHS.get("migrate").in(Era.A, Architecture.X86, "b")).isEmpty();
    assertThat(PATHS.get("migrate").variant("b").in(Era.A)).isEmpty();
    assertThat(PATHS.get("migrate").variant("b").in(Era.B)).isNotEmpty();
    assertThat(PATHS.get("migrate").in(Era.A)).isNotEmpty();
    assertThat(PATHS.get("huge-copy").in(Era.C)).isEmpty();
    assertThat(PATHS.get("huge-copy").site()).isEqualTo("C10w");
  }
}

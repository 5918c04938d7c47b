package dev.shootdown.kernel.mm;

import static dev.shootdown.kernel.mm.PathRig.FIRST_PAGE;
import static dev.shootdown.protocol.ProgramHarness.requests;
import static dev.shootdown.protocol.ProgramHarness.words;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of steps is the semantics: see the call sites C1, C2, C4 and C5. */
class PathProgramTest {
  private static final PageRange PAGE = PageRange.of(FIRST_PAGE);
  private static final List<String> SECONDARY = List.of(
      "FlushBegan SECONDARY", "Interrupts off", "Spend SUBMIT", "Submit", "AwaitInvalidation",
      "Interrupts on", "FlushEnded SECONDARY");
  private static final List<String> CPUS = List.of(
      "NextGeneration", "FlushBegan CPU", "Interrupt", "FlushLocal", "AwaitAcks",
      "FlushEnded CPU");

  private static List<String> joined(List<?>... parts) {
    List<String> joined = new ArrayList<>();
    for (List<?> part : parts) {
      part.forEach(word -> joined.add((String) word));
    }
    return joined;
  }

  private static PageRange pages(long count) {
    return new PageRange(FIRST_PAGE, count);
  }

  @Test
  void shouldFlushDevicesTwiceAroundTheCommitWhenMunmapIsOfEraB() {
    List<Program.Step> steps = new PathRig(Era.B).run("munmap", PAGE);

    assertThat(words(steps)).isEqualTo(joined(
        List.of("Begin", "Spend SOFTWARE", "Lock", "Spend SOFTWARE", "MoveAreas", "GatherBegin",
            "NotifierStart", "Spend SOFTWARE", "TableVisit"),
        SECONDARY, List.of("NotifierEnd", "GatherCheck"), CPUS, SECONDARY,
        List.of("Free", "GatherEnd", "Unlock", "End")));
  }

  @Test
  void shouldFlushDevicesInsideTheCpuFlushWhenMunmapIsOfEraC() {
    List<Program.Step> steps = new PathRig(Era.C).run("munmap", PAGE);

    assertThat(words(steps)).isEqualTo(joined(
        List.of("Begin", "Spend SOFTWARE", "Lock", "Spend SOFTWARE", "MoveAreas", "GatherBegin",
            "NotifierStart", "Spend SOFTWARE", "TableVisit", "NotifierEnd", "GatherCheck"),
        CPUS, SECONDARY, List.of("Free", "GatherEnd", "Unlock", "End")));
  }

  @Test
  void shouldNeedNoMmapLockWhenTruncateUnmaps() {
    List<Program.Step> steps = new PathRig(Era.C).run("truncate", PAGE);

    List<Program.Ask> locks = ProgramHarness.of(steps, Program.Ask.class).stream()
        .filter(ask -> ask.request() instanceof KernelCall.Lock).toList();
    assertThat(locks).extracting(Program.Ask::domain).containsExactly(PathRig.MAP.file(0));
    assertThat(ProgramHarness.of(steps, Program.Tell.class))
        .filteredOn(tell -> tell.request() instanceof KernelCall.Unlock)
        .extracting(Program.Tell::domain).containsExactly(PathRig.MAP.file(0));
    assertThat(requests(steps, KernelCall.Free.class)).hasSize(1);
  }

  @Test
  void shouldFlushBeforeTheTableIsUnlockedWhenMremapMoves() {
    for (Era era : List.of(Era.B, Era.C)) {
      List<String> words = words(new PathRig(era).run("mremap", PAGE));

      assertThat(words).containsSubsequence(
          joined(List.of("TableVisit"), CPUS, List.of("TableUnlock", "NotifierEnd")));
      int unlocked = words.indexOf("TableUnlock");
      int devices = words.indexOf("FlushEnded SECONDARY");
      assertThat(devices < unlocked).as("era %s", era).isEqualTo(era == Era.C);
      assertThat(Collections.frequency(words, "TableUnlock")).isEqualTo(1);
    }
  }

  @Test
  void shouldInterruptLazyCpusTooWhenTablesMayMove() {
    List<Program.Step> munmap = new PathRig(Era.C).run("munmap", PAGE);
    List<Program.Step> mremap = new PathRig(Era.C).run("mremap", PAGE);

    assertThat(ProgramHarness.of(munmap, Program.Interrupt.class))
        .extracting(Program.Interrupt::targets).containsExactly(List.of(0, 3));
    assertThat(ProgramHarness.of(mremap, Program.Interrupt.class))
        .extracting(Program.Interrupt::targets).containsExactly(List.of(0, 3, 2));
  }

  /** One request at the end, or one for each 2 MiB group: linux.md 3.1 in our words. */
  @Test
  void shouldMakeAsManyRequestsAsTheFormulaSays() {
    for (int groups : List.of(1, 2, 5)) {
      PageRange range = pages(512L * (groups - 1) + 1);
      assertThat(PathRig.secondary(new PathRig(Era.B).run("munmap", range))).hasSize(2);
      assertThat(PathRig.secondary(new PathRig(Era.C).run("munmap", range))).hasSize(1);
      assertThat(PathRig.secondary(new PathRig(Era.B).run("mremap", range))).hasSize(1);
      assertThat(PathRig.secondary(new PathRig(Era.C).run("mremap", range))).hasSize(groups);
      assertThat(PathRig.cpu(new PathRig(Era.B).run("mremap", range))).hasSize(groups);
      assertThat(PathRig.secondary(new PathRig(Era.B).run("mprotect", range))).hasSize(2);
      assertThat(PathRig.secondary(new PathRig(Era.C).run("mprotect", range))).hasSize(1);
    }
  }

  @Test
  void shouldCutAtTheBordersOfGroupsWhenTheRangeIsNotAligned() {
    List<Program.Step> steps =
        new PathRig(Era.C).run("mremap", new PageRange(FIRST_PAGE - 2, 512 + 3));

    List<KernelCall.TableVisit> visits = requests(steps, KernelCall.TableVisit.class);
    assertThat(visits).extracting(KernelCall.TableVisit::range).containsExactly(
        new PageRange(FIRST_PAGE - 2, 2), new PageRange(FIRST_PAGE, 512),
        PageRange.of(FIRST_PAGE + 512));
    assertThat(visits)
        .allMatch(visit -> visit.to().firstPage() - visit.range().firstPage() == 512 * 1000)
        .allMatch(visit -> visit.to().pages() == visit.range().pages());
  }

  @Test
  void shouldFlushNothingWhenNothingWasMapped() {
    PathRig empty = new PathRig(Era.C).withKernel(request ->
        request instanceof KernelCall.TableVisit
            ? new KernelCall.Visited(List.of(), List.of()) : null);

    for (String name : List.of("munmap", "dontneed", "mprotect", "mremap", "truncate")) {
      assertThat(words(empty.run(name, PAGE))).as(name)
          .doesNotContain("FlushBegan CPU", "FlushBegan SECONDARY", "Free").contains("End");
    }
  }

  @Test
  void shouldFlushTheHullOfWhatWasMappedWhenThereAreHoles() {
    PathRig holes = new PathRig(Era.C).withKernel(request ->
        request instanceof KernelCall.TableVisit
            ? new KernelCall.Visited(
                List.of(FIRST_PAGE + 3, FIRST_PAGE + 7), List.of(5L, 6L)) : null);
    List<Program.Step> steps = holes.run("munmap", pages(20));

    assertThat(PathRig.cpu(steps)).extracting(MachineFact.FlushBegan::requested)
        .containsExactly(new PageRange(FIRST_PAGE + 3, 5));
    assertThat(requests(steps, KernelCall.Free.class)).extracting(KernelCall.Free::pfns)
        .containsExactly(List.of(5L, 6L));
  }

  @Test
  void shouldFlushEverythingWhenAnotherGatherIsActive() {
    PathRig nested = new PathRig(Era.C).withKernel(request ->
        request instanceof KernelCall.GatherCheck ? new KernelCall.Nested(true) : null);
    List<Program.Step> steps = nested.run("dontneed", PAGE);

    assertThat(PathRig.cpu(steps)).extracting(MachineFact.FlushBegan::flushed)
        .containsExactly(PageRange.ALL);
    assertThat(PathRig.secondary(steps)).extracting(MachineFact.FlushBegan::flushed)
        .containsExactly(PageRange.ALL);
    assertThat(ProgramHarness.of(steps, Program.Interrupt.class))
        .as("lazy CPUs as well").extracting(Program.Interrupt::targets)
        .containsExactly(List.of(0, 3, 2));
  }

  /** Freed pages may still be in another path's hands, so a mere suspicion flushes as well. */
  @Test
  void shouldFlushEverythingWhenAnotherGatherIsActiveAndNothingWasMapped() {
    PathRig nested = new PathRig(Era.C)
        .withKernel(request -> request instanceof KernelCall.TableVisit
            ? new KernelCall.Visited(List.of(), List.of()) : null)
        .withKernel(request -> request instanceof KernelCall.GatherCheck
            ? new KernelCall.Nested(true) : null);

    assertThat(PathRig.cpu(nested.run("dontneed", PAGE))).hasSize(1);
  }
}

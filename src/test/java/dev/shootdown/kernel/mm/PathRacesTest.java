package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a path or a fault when another CPU comes between two of its steps. */
class PathRacesTest {
  private static final Path COW = Trip.path(
      KernelSetup.COW_BREAK, "pte-look", "page-alloc", "copy-content", "n-start CLEAR page",
      "ptl-lock", "pte-same", "pte-clear keep-lock", "cpu-flush changed", "pte-repoint keep-lock",
      "rmap-del", "ptl-unlock", "else", "ptl-unlock", "page-free fresh", "end-check", "n-end",
      "page-free captured");

  /** A CPU comes so much later than the other, in steps shorter than two messages. */
  private static final int LONGEST_PS = 2_000;

  private static final int GAP_PS = 4;

  private Trip trip = Trip.era(Era.C);

  @AfterEach
  void shouldBreakNoRule() {
    assertThat(trip.kernel.breaches()).isEmpty();
  }

  private static Program path(Trip trip, PageRange range, String... steps) {
    return new PathProgram(PathJob.of(Trip.path("race", steps), 0, range), trip.setup);
  }

  private void both(String[] first, PageRange range, String... second) {
    trip.kernel.start(0, path(trip, Trip.FOUR, first));
    trip.kernel.run(1, path(trip, range, second));
  }

  /** The program some time later. */
  private static Program later(long delayPs, Program program) {
    return new Program() {
      private boolean waited;

      @Override
      public Step next(Outcome last, long nowPs) {
        if (waited) {
          return program.next(last, nowPs);
        }
        waited = true;
        return new Spend(Account.SOFTWARE, delayPs);
      }
    };
  }

  private static String[] migration(String... untilTheVisit) {
    List<String> steps = new ArrayList<>(List.of("for-page mapped", "folio-lock"));
    steps.addAll(List.of(untilTheVisit));
    steps.addAll(
        List.of(
            "pte-migration keep-lock", "cpu-flush changed", "rmap-del", "ptl-unlock",
            "check-refs taken", "page-alloc", "copy-content", "pte-restore", "else",
            "pte-restore", "end-check", "folio-unlock", "page-free captured", "end-page"));
    return steps.toArray(String[]::new);
  }

  /** The zap's CPUs have not been flushed yet: they may still write to the page. */
  @Test
  void shouldNotCopyAPageWhenAnotherHasTakenItOut() {
    both(
        migration("wait cleared"), PageRange.of(11),
        "gather-begin", "pte-clear", "signal cleared", "spend 900ns", "commit", "page-free",
        "gather-end");

    assertThat(trip.kernel.facts(MachineFact.CopyBegan.class))
        .extracting(MachineFact.CopyBegan::page).containsExactly(10L, 12L, 13L);
    assertThat(trip.kernel.walk(11).isPresent()).isFalse();
    assertThat(trip.kernel.walk(12).pfn()).isGreaterThanOrEqualTo(1_000);
  }

  @Test
  void shouldMapTheOldFrameAgainWhenSomebodyElseRefersToIt() {
    trip.kernel.ask(trip.kernel.map.frames(), new KernelCall.Get(List.of(111L)));
    trip.run(migration());

    assertThat(trip.kernel.walk(11)).matches(e -> e.pfn() == 111 && e.writable());
    assertThat(trip.kernel.frame(111))
        .matches(frame -> frame.references() == 2 && frame.mappings() == 1);
    assertThat(trip.kernel.facts(MachineFact.CopyBegan.class)).hasSize(3);
  }

  @Test
  void shouldLeaveAnEntryAloneWhenItNamesAnotherFrameByNow() {
    both(
        new String[] {
          "for-page mapped", "wait changed", "pte-swap keep-lock", "cpu-flush changed",
          "rmap-del", "ptl-unlock", "end-page", "write-back", "page-free captured"
        },
        PageRange.of(11),
        "pte-look", "page-alloc", "pte-repoint", "rmap-del", "page-free captured",
        "signal changed");

    assertThat(trip.kernel.walk(10).isPresent()).isFalse();
    assertThat(trip.kernel.walk(11)).matches(e -> e.isPresent() && e.pfn() >= 1_000);
    assertThat(trip.kernel.facts(MachineFact.FramesCleaned.class))
        .extracting(MachineFact.FramesCleaned::pfns)
        .containsExactly(List.of(110L, 112L, 113L));
  }

  @Test
  void shouldGoOnAtElseWhenOnlyTheRightHasChanged() {
    trip.kernel.start(0, path(trip, Trip.FOUR, "pte-look", "wait done", "ptl-lock", "pte-same",
        "page-alloc", "else", "end-check", "ptl-unlock", "page-free fresh"));
    trip.kernel.run(1, path(trip, PageRange.of(12), "pte-protect", "signal done"));

    assertThat(trip.kernel.facts(MachineFact.FramesAllocated.class)).isEmpty();
  }

  /** do_numa_page compares under the lock: a hint may be a migration entry by then. */
  @Test
  void shouldNotEndAMigrationWhenAFaultSawAHint() {
    for (int delayPs = 0; delayPs < LONGEST_PS; delayPs += GAP_PS) {
      trip = Trip.era(Era.C);
      trip.run("pte-protnone");
      trip.kernel.start(0, new FaultService(trip.setup).fault(0, 10, false));
      trip.kernel.run(1, later(delayPs, path(trip, PageRange.of(10), "pte-migration")));

      assertThat(trip.kernel.walk(10).isPresent()).as("%d ps later", delayPs).isFalse();
    }
  }

  /** do_wp_page compares under the lock: what others see must not be the copy of another fault. */
  @Test
  void shouldCopyTheFrameThatItSawWhenTwoFaultsMeet() {
    for (int delayPs = 0; delayPs < LONGEST_PS; delayPs += GAP_PS) {
      MiniKernel kernel = shared();
      trip = new Trip(kernel, Placement.of(Era.C), COW);
      FaultService service = new FaultService(trip.setup);
      kernel.start(0, service.fault(0, 10, true));
      kernel.run(1, later(delayPs, service.fault(0, 10, true)));

      assertThat(kernel.facts(MachineFact.CopyBegan.class)).as("%d ps later", delayPs)
          .isNotEmpty().allMatch(copy -> copy.oldPfn() == 110);
      assertThat(kernel.walk(10)).matches(e -> e.writable() && e.pfn() >= 1_000);
      assertThat(kernel.frame(110).references()).isEqualTo(1);
    }
  }

  /** Pages 10 and 20 are in frame 110. */
  private static MiniKernel shared() {
    Map<Long, PageTable.Leaf> leaves = new TreeMap<>();
    leaves.put(10L, PageTable.Leaf.readOnly(110));
    leaves.put(20L, PageTable.Leaf.readOnly(110));
    MiniKernel kernel = new MiniKernel(new KernelMap(1, 1), null);
    kernel.spaces(List.of(new AddressSpace.Area(new PageRange(0, 100), true)), leaves);
    kernel.frames(
        1_000,
        List.of(
            new FrameTable.InUse(
                new KernelCall.FrameState(110, KernelCall.FrameKind.ANON, 2, 2, false))));
    return kernel;
  }

  @Test
  void shouldNotDiscardWhatWasWrittenOrIsGoneWhenMadvFreeReturns() {
    both(
        new String[] {"gather-begin", "pte-lazyfree", "wait over", "gather-end", "discard-mark"},
        new PageRange(10, 2),
        "for-page mapped", "pte-clear keep-lock", "rmap-del", "ptl-unlock", "page-free captured",
        "end-page", "signal over");

    assertThat(trip.kernel.facts(MachineFact.FramesCleaned.class))
        .extracting(MachineFact.FramesCleaned::pfns).containsExactly(List.of(112L, 113L));
  }

  @Test
  void shouldCutAtTheBordersOfBothRangesWhenEntriesMove() {
    PageRange to = new PageRange(1022, 4);
    Path move = Trip.path(
        "move", "for-group", "pte-move keep-lock", "cpu-flush changed", "ptl-unlock", "end-group");

    assertThat(trip.run(new PathJob(move, 0, Trip.FOUR, to, -1, -1)))
        .contains("MOVE keep 10+2", "MOVE keep 12+2");
    assertThat(trip.kernel.walk(1025).pfn()).isEqualTo(113);
  }
}

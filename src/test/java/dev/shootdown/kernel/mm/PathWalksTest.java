package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables read without a lock, and what waits for those who do. */
class PathWalksTest {
  private static final PageRange GROUP = new PageRange(0, 512);

  private final Trip trip = Trip.era(Era.C);
  private final MiniKernel kernel = trip.kernel;

  @AfterEach
  void shouldBreakNoRule() {
    assertThat(kernel.breaches()).isEmpty();
  }

  private MiniKernel.Running start(int cpu, PageRange range, String... steps) {
    return kernel.start(
        cpu, new PathProgram(PathJob.of(Trip.path("p" + cpu, steps), 0, range), trip.setup));
  }

  private int references(long pfn) {
    return kernel.frame(pfn).references();
  }

  @Test
  void shouldTakeReferencesWithInterruptsOffWhenItWalks() {
    MiniKernel.Running walk =
        start(0, Trip.FOUR, "interrupts-off", "walk-enter", "walk-read", "walk-take",
            "walk-same", "interrupts-on", "else", "interrupts-on", "end-check");
    kernel.settle();

    assertThat(references(110)).isEqualTo(2);
    assertThat(references(113)).isEqualTo(2);
    assertThat(walk.steps).filteredOn(Program.Interrupts.class::isInstance)
        .containsExactly(new Program.Interrupts(false), new Program.Interrupts(true));
    assertThat(kernel.facts(MachineFact.TableRead.class)).hasSize(2)
        .allMatch(read -> read.table() == 0 && read.page() == 10);
    assertThat(kernel.facts(MachineFact.LockTaken.class)).isEmpty();
  }

  @Test
  void shouldGiveThemBackWhenItIsSaid() {
    trip.run("walk-enter", "walk-read", "walk-take", "walk-drop");

    assertThat(references(110)).isEqualTo(1);
  }

  @Test
  void shouldLeaveOutWhatMayNotBeWrittenWhenItWalksForWriting() {
    trip.run(PathJob.of(Trip.path("p", "pte-protect"), 0, PageRange.of(11)));
    trip.run("walk-enter", "walk-read write", "walk-take");

    assertThat(references(110)).isEqualTo(2);
    assertThat(references(111)).isEqualTo(1);
  }

  @Test
  void shouldTakeTheWholeFrameWhenThereIsAHugeEntry() {
    kernel.run(
        1, new PathProgram(
            PathJob.of(
                Trip.path(
                    "c", "pmd-clear keep-lock", "ptl-unlock", "page-alloc huge", "pmd-collapse"),
                0, GROUP), trip.setup));
    trip.run("walk-enter", "walk-read", "walk-take", "walk-same", "else", "walk-drop",
        "end-check");

    assertThat(references(kernel.walk(0).pfn())).isEqualTo(2);
  }

  @Test
  void shouldNotTakeWhatIsFreeByThen() {
    MiniKernel.Running walk =
        start(0, Trip.FOUR, "walk-enter", "walk-read", "wait freed", "walk-take",
            "walk-same entries", "signal never", "else", "walk-drop", "end-check");
    start(1, PageRange.of(12), "spend 1us", "pte-clear", "page-free captured", "signal freed");
    kernel.settle();

    assertThat(walk.isOver()).isTrue();
    assertThat(references(110)).isEqualTo(1);
    assertThat(references(112)).isZero();
    assertThat(Trip.words(walk.steps)).doesNotContain("Signal");
  }

  @Test
  void shouldSeeThatTheTableIsUnhookedUnlessItLooksAtEntriesAlone() {
    String[] unhook = {"spend 1us", "pmd-clear keep-lock", "ptl-unlock", "signal gone"};
    String[] walk = {
      "walk-enter", "walk-read", "walk-take", "wait gone", "walk-same", "else", "walk-drop",
      "end-check"
    };
    String[] careless = walk.clone();
    careless[4] = "walk-same entries";
    start(1, GROUP, unhook);
    start(0, Trip.FOUR, walk);
    start(2, Trip.FOUR, careless);
    kernel.settle();

    assertThat(references(110)).isEqualTo(2); // its mapping's, and that of the careless one
  }

  @Test
  void shouldFreeTablesBehindReadersWhenTheyAreFreedLate() {
    start(0, Trip.FOUR, "interrupts-off", "walk-enter", "spend 9us", "interrupts-on");
    start(2, Trip.FOUR, "spend 5us", "interrupts-off", "walk-enter", "spend 9us",
        "interrupts-on");
    start(1, GROUP, "spend 1us", "pmd-clear keep-lock", "ptl-unlock", "table-free late");
    kernel.settle();

    assertThat(kernel.timesPs(MachineFact.TableFreed.class)).hasSize(1)
        .allMatch(atPs -> atPs > 9_000_000 && atPs < 9_100_000);
  }

  @Test
  void shouldFreeTablesAtOnceWhenNobodyCountsAsInside() {
    start(0, Trip.FOUR, "walk-enter", "spend 9us"); // its interrupts are on
    start(1, GROUP, "spend 1us", "pmd-clear keep-lock", "ptl-unlock", "table-free late");
    kernel.settle();

    assertThat(kernel.timesPs(MachineFact.TableFreed.class)).hasSize(1)
        .allMatch(atPs -> atPs < 2_000_000);
  }

  @Test
  void shouldAskTheArchitectureWhenNothingIsSaidOfTheTime() {
    trip.rules.late = true;
    start(0, Trip.FOUR, "interrupts-off", "walk-enter", "spend 9us", "interrupts-on");
    start(1, GROUP, "spend 1us", "pmd-clear keep-lock", "ptl-unlock", "table-free");
    kernel.settle();

    assertThat(kernel.timesPs(MachineFact.TableFreed.class))
        .allMatch(atPs -> atPs > 9_000_000);
  }

  @Test
  void shouldInterruptAllWhenItSynchronises() {
    trip.run("table-sync");

    assertThat(trip.rules.syncs).isEqualTo(1);
  }

  private static String wrong(String... steps) {
    return PathCheck.check(Trip.path("p", steps).steps()).orElse("");
  }

  @Test
  void shouldRefuseWhatCannotBeDoneWithInterruptsOff() {
    assertThat(wrong("interrupts-off", "rmap-lock", "rmap-unlock", "interrupts-on"))
        .isEqualTo("'rmap-lock' may sleep, but interrupts are off");
    assertThat(wrong("interrupts-off", "cpu-flush all", "interrupts-on"))
        .isEqualTo("'cpu-flush' may wait for other CPUs, but interrupts are off");
    assertThat(wrong("interrupts-off", "table-sync", "interrupts-on"))
        .isEqualTo("'table-sync' may wait for other CPUs, but interrupts are off");
    assertThat(wrong("interrupts-off"))
        .isEqualTo("'interrupts-off' is never followed by 'interrupts-on'");
    assertThat(wrong("interrupts-on"))
        .isEqualTo("'interrupts-on' comes without 'interrupts-off' before it");
  }

  @Test
  void shouldRefuseAWalkThatNeverBeginsAndReferencesThatNobodyGivesBack() {
    assertThat(wrong("walk-read")).isEqualTo("'walk-read' needs 'walk-enter' before it");
    assertThat(wrong("walk-enter", "walk-read", "walk-take"))
        .isEqualTo("'walk-take' is never followed by 'walk-drop'");
    assertThat(wrong("walk-enter", "walk-take", "walk-same", "walk-drop", "else", "end-check"))
        .contains("'walk-take' is never followed by 'walk-drop'", "if 'walk-same' fails");
  }

  @Test
  void shouldGetOnlyWhatIsInUse() {
    kernel.ask(kernel.map.frames(), new KernelCall.TryGet(List.of(110L, 999_999L)));

    assertThat(references(110)).isEqualTo(2);
  }
}

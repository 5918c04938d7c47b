package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each primitive does to the domains, with real ones behind it. */
class PathPrimitivesTest {
  private final Trip trip = Trip.era(Era.C);
  private final MiniKernel kernel = trip.kernel;

  @AfterEach
  void shouldBreakNoRule() {
    assertThat(kernel.breaches()).isEmpty();
  }

  @Test
  void shouldTakeEachNamedOrGivenTimeWhenItSpends() {
    assertThat(trip.run("spend unmap", "spend reclaim", "spend 2ns"))
        .containsExactly("spend 700", "spend 15", "spend 2000");
  }

  @Test
  void shouldStayAReaderWhenMmapLockIsDowngraded() {
    assertThat(trip.run("mmap-w-lock", "mmap-downgrade", "mmap-r-unlock"))
        .containsExactly("Lock", "Downgrade", "Unlock");
    assertThat(kernel.facts(MachineFact.LockDropped.class)).hasSize(1);
  }

  @Test
  void shouldLockTheReverseMapOfTheRangeWhenItHasAFileOrNone() {
    trip.run(new PathJob(
        Trip.path("p", "rmap-lock", "rmap-unlock"), 0, Trip.FOUR, PathJob.NOWHERE, 0, -1));
    trip.run("rmap-lock exclusive", "rmap-unlock exclusive");

    assertThat(kernel.facts(MachineFact.LockTaken.class))
        .extracting(MachineFact.LockTaken::lock)
        .containsExactly("d" + kernel.map.file(0), "d" + kernel.map.anonMapOf(0));
  }

  @Test
  void shouldLockTheFoliosOfCapturedPagesOnly() {
    trip.run("folio-lock", "for-page mapped", "folio-lock", "folio-unlock", "end-page");

    assertThat(kernel.facts(MachineFact.LockTaken.class))
        .extracting(MachineFact.LockTaken::lock).filteredOn(lock -> lock.startsWith("folio"))
        .containsExactly("folio 110", "folio 111", "folio 112", "folio 113");
  }

  @Test
  void shouldHoldTheTableAcrossVisitsWhenItIsLocked() {
    assertThat(trip.run("ptl-lock", "pte-protect", "pte-upgrade", "ptl-unlock"))
        .containsExactly("TableLock", "PROTECT 10+4", "UPGRADE 10+4", "TableUnlock");
    assertThat(kernel.facts(MachineFact.LockTaken.class)).hasSize(1);
  }

  @Test
  void shouldOpenAndCloseABracketOverWhatIsNamed() {
    trip.run("n-start UNMAP", "for-group", "n-start SOFT_DIRTY all", "n-end", "end-group",
        "n-end");

    assertThat(kernel.facts(MachineFact.BracketOpened.class))
        .extracting(MachineFact.BracketOpened::event)
        .containsExactly(MachineFact.Event.UNMAP, MachineFact.Event.SOFT_DIRTY);
    assertThat(kernel.facts(MachineFact.BracketClosed.class))
        .extracting(MachineFact.BracketClosed::range)
        .containsExactly(PageRange.ALL, Trip.FOUR);
  }

  @Test
  void shouldVisitOnePageAtATimeWhenOnlyMappedPagesCount() {
    trip.run("pte-clear");
    kernel.ask(kernel.map.table(0), TableRig.set(12, 500L));

    assertThat(trip.run("for-page mapped", "pte-protect", "end-page", "pte-upgrade"))
        .containsExactly("LOOK 10+4", "PROTECT 12+1", "UPGRADE 10+4");
    assertThat(trip.run("pte-clear", "for-page mapped", "pte-protect", "end-page"))
        .as("nothing is mapped")
        .containsExactly("CLEAR 10+4", "DirtyFrames", "LOOK 10+4");
    assertThat(trip.run("for-page", "pte-protect", "end-page")).hasSize(4);
  }

  @Test
  void shouldGoOnAtElseWhenAnEntryHasChanged() {
    String[] steps = {
      "pte-look", "signal looked", "wait changed", "ptl-lock", "pte-same", "pte-protect",
      "ptl-unlock", "else", "ptl-unlock", "spend 7ps", "end-check", "spend 8ps"
    };
    kernel.ask(kernel.map.rendezvous(), new KernelCall.Signal("changed"));
    assertThat(trip.run(steps)).contains("PROTECT 10+4", "spend 8").doesNotContain("spend 7");

    Trip other = Trip.era(Era.C);
    MiniKernel.Running first =
        other.kernel.start(0, new PathProgram(Trip.job(steps), other.setup));
    other.kernel.run(
        1, new PathProgram(
            Trip.job("wait looked", "pte-clear", "signal changed"), other.setup));
    assertThat(Trip.words(first.steps)).contains("spend 7", "spend 8")
        .doesNotContain("PROTECT 10+4");
  }

  @Test
  void shouldFreeWhatItAllocatedWhenASetFindsNoPlace() {
    trip.run("pte-look", "page-alloc", "pte-set", "page-free fresh");

    assertThat(kernel.facts(MachineFact.FramesFreed.class))
        .extracting(MachineFact.FramesFreed::pfns)
        .containsExactly(List.of(1000L, 1001L, 1002L, 1003L));
    assertThat(kernel.walk(10).pfn()).isEqualTo(110);
  }

  @Test
  void shouldPointToTheCopyWhenSharingIsBroken() {
    List<String> words = trip.run(
        "pte-look", "frame-get", "page-alloc", "copy-content", "n-start CLEAR", "ptl-lock",
        "pte-same", "pte-clear", "cpu-flush changed", "pte-repoint", "rmap-del", "ptl-unlock",
        "n-end", "page-free captured", "frame-put", "else", "ptl-unlock", "n-end",
        "page-free fresh", "frame-put", "end-check");

    assertThat(words).containsSubsequence(
        "CopyBegan", "CLEAR 10+4", "cpu 10+4", "REPOINT 10+4", "UnmapFrames", "TableUnlock",
        "Free", "Free");
    assertThat(kernel.facts(MachineFact.CopyBegan.class)).first().extracting(
        MachineFact.CopyBegan::page, MachineFact.CopyBegan::oldPfn,
        MachineFact.CopyBegan::newPfn).containsExactly(10L, 110L, 1000L);
    assertThat(kernel.facts(MachineFact.FramesFreed.class)).as("with the last reference")
        .hasSize(1);
    assertThat(kernel.walk(11).pfn()).isEqualTo(1001);
    assertThat(kernel.frame(1001))
        .isEqualTo(new KernelCall.FrameState(1001, FrameKind.ANON, 1, 1, false));
  }

  @Test
  void shouldPutEntriesBackWhenACheckUnderTheLockFails() {
    kernel.ask(kernel.map.frames(), new KernelCall.Get(List.of(112L))); // a pin
    List<String> words = trip.run(
        "pte-look", "frame-get", "ptl-lock", "pte-clear", "cpu-flush changed", "check-refs",
        "pte-return read-only", "else", "pte-return same", "end-check", "ptl-unlock",
        "frame-put");

    assertThat(words).contains("RETURN 10+4").doesNotContain("RETURN_READ_ONLY 10+4");
    assertThat(kernel.walk(13)).matches(entry -> entry.pfn() == 113 && entry.writable());
  }

  @Test
  void shouldLeaveCleanReadOnlyEntriesWhenNobodyElseRefers() {
    trip.run(
        "pte-look", "frame-get", "ptl-lock", "pte-clear", "check-refs", "pte-return read-only",
        "end-check", "ptl-unlock", "frame-put");

    assertThat(kernel.walk(13))
        .matches(entry -> entry.pfn() == 113 && !entry.writable() && !entry.dirty());
    assertThat(kernel.frame(113).dirty()).as("the frame remembers").isTrue();
  }

  @Test
  void shouldShareOneFrameWhenPagesAreMerged() {
    Path merge = Trip.path(
        "merge", "pte-look", "frame-get", "pte-look to", "compare-content", "ptl-lock",
        "pte-clear", "pte-repoint read-only", "rmap-del", "ptl-unlock", "share ksm",
        "page-free captured", "frame-put");
    trip.run(new PathJob(merge, 0, PageRange.of(10), PageRange.of(12), -1, -1));

    assertThat(kernel.walk(10)).matches(entry -> entry.pfn() == 112 && !entry.writable());
    assertThat(kernel.frame(112).references()).isEqualTo(2);
    assertThat(kernel.frame(112).mappings()).isEqualTo(2);
    assertThat(kernel.frame(110).references()).as("free").isZero();
    assertThat(kernel.facts(MachineFact.FramesShared.class)).singleElement()
        .matches(shared -> shared.pfns().equals(List.of(112L)));
  }

  @Test
  void shouldMapTheNewFrameWhenMigrationIsOver() {
    trip.run(
        "pte-look", "folio-lock", "page-alloc", "n-start CLEAR", "pte-migration keep-lock",
        "cpu-flush changed", "rmap-del", "ptl-unlock", "n-end", "copy-content",
        "pte-restore", "frame-put fresh", "folio-unlock", "page-free captured");

    assertThat(kernel.walk(12)).matches(entry -> entry.pfn() == 1002 && !entry.dirty());
    assertThat(kernel.frame(1002))
        .isEqualTo(new KernelCall.FrameState(1002, FrameKind.ANON, 1, 1, false));
    assertThat(kernel.frame(112).references()).isZero();
  }

  @Test
  void shouldOweAFlushToOthersWhenReclaimBatches() {
    trip.run(
        "pte-swap keep-lock", "batch-add", "rmap-del", "ptl-unlock", "batch-flush",
        "write-back", "page-free captured");
    assertThat(trip.rules.batchJobs).hasSize(4).first()
        .matches(job -> job.range().equals(PageRange.of(10)));
    assertThat(kernel.facts(MachineFact.FramesCleaned.class)).hasSize(1);
    assertThat(kernel.frame(110).references()).isZero();

    trip.run("batched-pending");
    assertThat(trip.rules.cpuJobs).singleElement()
        .matches(job -> job.range().isAll() && job.freedTables());
    trip.run("batched-pending");
    assertThat(trip.rules.cpuJobs).as("it is owed no more").hasSize(1);
  }

  @Test
  void shouldFlushAnOwedBatchUnderTheLockOfTheVisitThatFollows() {
    trip.run(
        "for-page mapped", "pte-swap keep-lock", "batch-add", "rmap-del", "ptl-unlock",
        "page-free captured", "end-page");

    assertThat(trip.run("gather-begin", "batched-pending", "pte-protect", "commit", "gather-end"))
        .containsSubsequence(
            "TableLock", "BatchPending", "BatchFlushed", "PROTECT keep 10+4", "TableUnlock")
        .containsOnlyOnce("TableLock", "TableUnlock");
    assertThat(trip.run("for-group", "batched-pending", "pte-move keep-lock", "ptl-unlock",
        "end-group")).containsOnlyOnce("TableLock", "TableUnlock");
  }

  @Test
  void shouldKeepTheRightToWriteWhenPagesMayBeDiscarded() {
    trip.run("pte-lazyfree", "discard-mark");

    assertThat(kernel.walk(10)).matches(entry -> entry.writable() && !entry.dirty());
    assertThat(kernel.facts(MachineFact.DirtyHarvested.class)).hasSize(1);
    assertThat(kernel.facts(MachineFact.FramesCleaned.class)).singleElement()
        .matches(clean -> clean.why() == MachineFact.Clean.DISCARDABLE);
  }

  @Test
  void shouldTakeTheRightToWriteWhenItIsWatchedFor() {
    for (String step : List.of("pte-mkclean", "pte-soft-clean", "pte-userfault")) {
      trip.run("pte-upgrade");
      trip.run(step);
      assertThat(kernel.walk(10).writable()).as(step).isFalse();
    }
    trip.run("pte-protnone", "mkclean-mark");
    assertThat(kernel.walk(10).isPresent()).isFalse();
    trip.run("pte-restore");
    assertThat(kernel.walk(10).pfn()).isEqualTo(110);
  }

  @Test
  void shouldGiveTheChildWhatTheParentMayNoLongerWrite() {
    Path fork = Trip.path("fork", "mmap-w-lock", "for-group", "fork-copy", "end-group",
        "cpu-flush all", "share fork", "mmap-w-unlock");
    trip.run(new PathJob(fork, 0, Trip.FOUR, PathJob.NOWHERE, -1, 1));

    assertThat(kernel.walk(0, 12, false, -1).writable()).isFalse();
    assertThat(kernel.walk(1, 12, false, -1))
        .matches(entry -> entry.pfn() == 112 && !entry.writable());
    assertThat(kernel.frame(112).references()).isEqualTo(2);
    assertThat(kernel.facts(MachineFact.FramesShared.class)).singleElement()
        .matches(shared -> shared.pfns().size() == 4);
    trip.run("pte-look", "unshare");
    assertThat(kernel.facts(MachineFact.FramesExclusive.class)).hasSize(1);
  }

  @Test
  void shouldRefuseByNameWhenAForkHasNoChild() {
    assertThatIllegalStateException().isThrownBy(() -> trip.run("fork-copy"))
        .withMessageContaining("'test' forks");
  }

  @Test
  void shouldFreeTablesAfterTheirCommit() {
    trip.run("gather-begin", "pte-clear", "table-detach", "commit", "page-free", "table-free",
        "gather-end");

    assertThat(trip.rules.cpuJobs).singleElement()
        .matches(job -> job.freedTables() && job.range().equals(Trip.FOUR));
    assertThat(kernel.facts(MachineFact.TableFreed.class)).singleElement()
        .matches(freed -> freed.range().equals(new PageRange(0, 512)));
    assertThat(kernel.walk(10).table()).isEqualTo(-1);
  }

  @Test
  void shouldPassTheEmptyRangeAtTheTopOnWhenAGatherIsNested() {
    Trip old = Trip.era(Era.B);
    kernelBegins(old);
    old.run("gather-begin", "pte-clear", "gather-check", "commit", "sec-inv-nested",
        "page-free", "gather-end");
    assertThat(old.rules.secondaryJobs).extracting(FlushRules.Job::range)
        .containsExactly(FlushRules.TOP);
    assertThat(old.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(PageRange.ALL);

    Trip alone = Trip.era(Era.B);
    alone.run("gather-begin", "pte-clear", "gather-check", "commit", "sec-inv-nested",
        "page-free", "gather-end");
    assertThat(alone.rules.secondaryJobs).extracting(FlushRules.Job::range)
        .containsExactly(Trip.FOUR);
  }

  private static void kernelBegins(Trip trip) {
    trip.kernel.ask(trip.kernel.map.addressSpace(0), new KernelCall.GatherBegin());
  }

  @Test
  void shouldTellTheArchitectureWhenARightWasGiven() {
    trip.run("pte-protect", "pte-upgrade keep-lock", "upgraded", "ptl-unlock");

    assertThat(trip.rules.upgradedJobs).extracting(FlushRules.Job::range)
        .containsExactly(Trip.FOUR);
  }

  @Test
  void shouldStateWhatRightsWentWhenItReturns() {
    trip.run("revoke write", "revoke all");

    assertThat(kernel.facts(MachineFact.RightsRevoked.class))
        .extracting(MachineFact.RightsRevoked::writeOnly).containsExactly(true, false);
  }

  @Test
  void shouldLetNobodyThroughUntilAllHaveCome() {
    PathProgram first = new PathProgram(Trip.job("barrier here 2", "spend 3ps"), trip.setup);
    MiniKernel.Running waiting = kernel.run(0, first);
    assertThat(waiting.isOver()).isFalse();

    kernel.run(1, new PathProgram(Trip.job("barrier here 2"), trip.setup));
    assertThat(waiting.isOver()).isTrue();
  }

  @Test
  void shouldCarryAllPrimitivesOut() {
    for (PathStep.Primitive primitive : PathStep.Primitive.values()) {
      assertThat(PathsDocTest.example(primitive)).as(primitive.text()).isNotNull();
    }
  }
}

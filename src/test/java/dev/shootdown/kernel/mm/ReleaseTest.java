package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.FlushRules.Binding;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What exit_mmap needs besides the steps of an unmapping. */
class ReleaseTest {
  @Test
  void shouldReleaseDriversOnceAndTellThemNothingMore() {
    for (Era era : Era.values()) {
      Trip trip = Trip.era(era);
      trip.run("release", "n-start UNMAP all", "pte-clear", "cpu-flush changed", "sec-inv all",
          "n-end", "page-free captured");

      assertThat(trip.rules.secondaryJobs.get(0).binding()).isSameAs(Binding.RELEASING);
      assertThat(trip.rules.secondaryJobs.get(0).range()).isEqualTo(PageRange.ALL);
      assertThat(trip.rules.secondaryJobs).extracting(FlushRules.Job::binding)
          .containsOnlyOnce(Binding.RELEASING).doesNotContain(Binding.BOUND);
      assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::binding)
          .containsOnly(Binding.RELEASED);
    }
  }

  @Test
  void shouldOpenNoWindowWhenFlushesAreDeferredAndNobodyIsBound() {
    Trip trip = Trip.policy("deferred");
    trip.run("release", "n-start UNMAP all", "n-end");

    assertThat(trip.kernel.facts(MachineFact.StaleWindowOpened.class)).isEmpty();
  }

  /** tlb_gather_mmu_fullmm: everything, and raw (~0, ~0) for secondary TLBs before era C. */
  @Test
  void shouldFlushEverythingWhenTheGatherIsFull() {
    Trip trip = Trip.era(Era.B);
    trip.run("gather-begin full", "pte-clear", "commit", "sec-inv-nested", "page-free",
        "gather-end");

    assertThat(trip.rules.cpuJobs).extracting(FlushRules.Job::range)
        .containsExactly(PageRange.ALL);
    assertThat(trip.rules.cpuJobs.get(0).freedTables()).isTrue();
    assertThat(trip.rules.secondaryJobs).extracting(FlushRules.Job::range)
        .containsExactly(FlushRules.TOP);
  }

  @Test
  void shouldCopyEachPartWhenAHugePageBecomesSmallOnes() {
    Map<Long, PageTable.Leaf> leaves = new TreeMap<>();
    leaves.put(512L, PageTable.Leaf.huge(512).without(PageTable.Leaf.WRITABLE));
    MiniKernel kernel = new MiniKernel(new KernelMap(1, 1), null);
    kernel.spaces(
        List.of(new AddressSpace.Area(new PageRange(512, 512), true, false, -1, 0, true)),
        leaves);
    kernel.frames(2_000, List.of());
    Trip trip = new Trip(kernel, Placement.of(Era.B));

    trip.run(PathJob.of(
        Trip.path(
            "copy", "pte-look", "page-alloc parts", "copy-content", "ptl-lock", "pte-same",
            "pmd-clear keep-lock", "pte-repoint keep-lock", "ptl-unlock", "else", "ptl-unlock",
            "end-check"),
        0, new PageRange(512, 512)));

    assertThat(kernel.facts(MachineFact.CopyBegan.class)).hasSize(512)
        .allMatch(copy -> copy.oldPfn() == copy.page());
    assertThat(kernel.walk(700)).matches(e -> e.order() == 0 && e.pfn() >= 2_000);
  }

  /** The timer of deferred flushes, which the rules say is due at 500 until it has run. */
  private static final class Timed implements FlushRules {
    private final FlushRules inner = new TestRules(Era.B);
    private long timerPs = 500;
    private int ran;

    @Override
    public Program cpuFlush(Job job) {
      return inner.cpuFlush(job);
    }

    @Override
    public Program secondaryFlush(Job job) {
      return inner.secondaryFlush(job);
    }

    @Override
    public Program batchAdd(Job job) {
      return inner.batchAdd(job);
    }

    @Override
    public Program batchFlush(Job job) {
      return inner.batchFlush(job);
    }

    @Override
    public Program upgraded(Job job) {
      return inner.upgraded(job);
    }

    @Override
    public Program syncWalkers() {
      return inner.syncWalkers();
    }

    @Override
    public boolean freesTablesLate() {
      return inner.freesTablesLate();
    }

    @Override
    public long timerPs() {
      return timerPs;
    }

    @Override
    public Program timer() {
      timerPs = NEVER_PS;
      ran++;
      return (last, nowPs) -> new Program.Finish();
    }
  }

  private static List<String> waits(Timed rules, Action... actions) {
    CpuWorkload workload =
        new CpuWorkload(0, List.of(actions), PathRig.MAP, PathRig.COSTS, Era.B, rules);
    List<String> words = new ArrayList<>();
    long nowPs = 0;
    Program.Step step = workload.next(new Program.Done(), nowPs);
    while (!(step instanceof Program.Finish)) {
      if (step instanceof Program.Until until) {
        nowPs = Math.max(nowPs, until.untilPs());
        words.add("until " + until.untilPs());
      } else if (step instanceof Program.Run) {
        words.add("timer");
      }
      step = workload.next(new Program.Done(), nowPs);
    }
    return words;
  }

  @Test
  void shouldFlushWhatWasDeferredWhenTheTimerIsDue() {
    assertThat(waits(new Timed())).as("idle").containsExactly("until 500", "timer");
    assertThat(waits(new Timed(), new Action.SpinUntil(900))).as("busy")
        .containsExactly("until 500", "timer", "until 900");
    assertThat(waits(new Timed(), new Action.SpinUntil(200))).as("busy, then idle")
        .containsExactly("until 200", "until 500", "timer");
    Timed twice = new Timed();
    waits(twice, new Action.SpinUntil(900), new Action.SpinFor(900));
    assertThat(twice.ran).isEqualTo(1);
  }
}

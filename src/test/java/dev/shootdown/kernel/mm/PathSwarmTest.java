package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.ShippedPolicies;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two CPUs run random paths and faults over the same pages of one process; whatever they do to each
 * other, no lock, bracket or gather stays open, no frame is lost or freed twice, and what is mapped
 * is alive. A failure names its seed and what each CPU did; the same seed takes the same way again.
 */
class PathSwarmTest {
  private static final int RUNS = 25;
  private static final int JOBS = 12;
  private static final long PAGES = 24;
  private static final long FIRST_PAGE = 500;

  private static final List<Path> PATHS = List.of(
      Trip.path("munmap", "mmap-w-lock", "gather-begin", "n-start UNMAP", "for-group",
          "batched-pending", "pte-clear", "rmap-del", "end-group", "AB: sec-inv range",
          "n-end", "mmap-downgrade", "table-detach", "gather-check", "commit",
          "AB: sec-inv-nested", "page-free", "table-free", "gather-end", "mmap-r-unlock",
          "revoke all"),
      Trip.path("dontneed", "mmap-r-lock", "gather-begin", "n-start CLEAR", "for-group",
          "pte-clear", "end-group", "AB: sec-inv range", "n-end", "gather-check", "commit",
          "AB: sec-inv gathered", "page-free", "gather-end", "mmap-r-unlock"),
      Trip.path("mprotect", "mmap-w-lock", "gather-begin", "n-start PROTECTION_VMA",
          "for-group", "pte-protect", "end-group", "AB: sec-inv range", "n-end",
          "gather-check", "commit", "gather-end", "mmap-w-unlock"),
      Trip.path("reclaim", "rmap-lock", "for-page mapped", "folio-lock", "n-start CLEAR page",
          "ptl-lock", "pte-same", "pte-swap", "batch-add", "rmap-del", "ptl-unlock", "n-end",
          "page-free captured", "else", "ptl-unlock", "n-end", "end-check", "folio-unlock",
          "end-page", "batch-flush", "rmap-unlock"),
      Trip.path("ksm", "mmap-r-lock", "for-page mapped", "ptl-lock", "pte-same",
          "frame-get", "pte-clear", "cpu-flush changed", "check-refs", "pte-return read-only",
          "else", "pte-return same", "end-check", "ptl-unlock", "frame-put", "else",
          "ptl-unlock", "end-check", "end-page", "mmap-r-unlock"),
      Trip.path("numa", "mmap-r-lock", "n-start PROTECTION_VMA", "pte-protnone", "n-end",
          "cpu-flush changed", "mmap-r-unlock"),
      Trip.path("lazyfree", "mmap-r-lock", "gather-begin", "n-start CLEAR", "pte-lazyfree",
          "n-end", "gather-check", "commit", "gather-end", "mmap-r-unlock", "discard-mark"));

  private static final Path COW = Trip.path(
      KernelSetup.COW_BREAK, "pte-look", "page-alloc", "copy-content", "n-start CLEAR",
      "ptl-lock", "pte-same", "pte-clear", "cpu-flush changed", "pte-repoint", "rmap-del",
      "ptl-unlock", "n-end", "page-free captured", "else", "ptl-unlock", "n-end",
      "page-free fresh", "end-check");

  /** A row of jobs, one after the other, the next chosen by dice. */
  private static final class Jobs implements Program {
    private final Dice dice;
    private final KernelSetup setup;
    private final List<String> done;
    private int left = JOBS;

    Jobs(Dice dice, KernelSetup setup, List<String> done) {
      this.dice = dice;
      this.setup = setup;
      this.done = done;
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      if (left-- == 0) {
        return new Finish();
      }
      long first = dice.below((int) PAGES);
      PageRange range = new PageRange(
          FIRST_PAGE + first, 1 + dice.below((int) (PAGES - first)));
      if (dice.chance(0.5)) {
        boolean write = dice.chance(0.7);
        done.add("fault " + range.firstPage() + (write ? " w" : " r"));
        return new Run(new FaultProgram(0, range.firstPage(), write, setup));
      }
      Path path = PATHS.get(dice.below(PATHS.size()));
      done.add(path.name() + " " + Trip.range(range));
      return new Run(new PathProgram(PathJob.of(path, 0, range), setup));
    }
  }

  private static Placement placement(Dice dice) {
    List<Policy> policies = ShippedPolicies.all();
    while (true) {
      Era era = Era.values()[dice.below(3)];
      Policy policy = policies.get(dice.below(policies.size()));
      if (policy.reasonAgainst(era).isEmpty()) {
        return new Placement(era, Architecture.X86, policy);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20_221_123, 7_777})
  void shouldLeaveNothingOpenOrLostWhateverMeets(long seed) {
    for (int run = 0; run < RUNS; run++) {
      Dice dice = Dice.of(seed + run, "swarm");
      MiniKernel kernel = new MiniKernel(
          new KernelMap(1, 0, List.of(0), List.of(), false), dice);
      kernel.spaces(
          List.of(new AddressSpace.Area(new PageRange(0, 2048), true)), new TreeMap<>());
      kernel.frames(1_000, List.of());
      Placement placement = placement(dice);
      TreeMap<String, Path> paths = new TreeMap<>();
      paths.put(COW.name(), COW);
      List<List<String>> done = List.of(new ArrayList<>(), new ArrayList<>());
      List<MiniKernel.Running> cpus = new ArrayList<>();
      for (int cpu = 0; cpu < 2; cpu++) {
        KernelSetup setup = new KernelSetup(
            kernel.map, Trip.COSTS, placement, new TestRules(placement.era()), paths);
        cpus.add(kernel.start(cpu, new Jobs(dice, setup, done.get(cpu))));
      }
      kernel.settle();
      String story = "seed " + (seed + run) + ", " + placement + ", " + done;

      assertThat(cpus).as(story).allMatch(MiniKernel.Running::isOver);
      assertThat(kernel.breaches()).as(story).isEmpty();
      assertThat(kernel.facts(MachineFact.LockTaken.class)).as(story)
          .hasSameSizeAs(kernel.facts(MachineFact.LockDropped.class));
      assertThat(kernel.facts(MachineFact.BracketOpened.class)).as(story)
          .hasSameSizeAs(kernel.facts(MachineFact.BracketClosed.class));
      assertThat(alive(kernel)).as(story).isEqualTo(mapped(kernel));
    }
  }

  /** Frames that were handed out and not freed, each of which should have one reference. */
  private static TreeSet<Long> alive(MiniKernel kernel) {
    TreeSet<Long> alive = new TreeSet<>();
    kernel.facts(MachineFact.FramesAllocated.class).forEach(all -> alive.addAll(all.pfns()));
    kernel.facts(MachineFact.FramesFreed.class).forEach(
        gone -> gone.pfns().forEach(
            pfn -> assertThat(alive.remove(pfn)).as("frame %d freed once", pfn).isTrue()));
    for (long pfn : alive) {
      KernelCall.FrameState state = kernel.frame(pfn);
      assertThat(state.references()).as("%s", state).isEqualTo(1);
      assertThat(state.mappings()).as("%s", state).isEqualTo(1);
    }
    return alive;
  }

  /** Frames that entries name which count as mappings. */
  private static TreeSet<Long> mapped(MiniKernel kernel) {
    KernelCall.Visited all = (KernelCall.Visited) kernel.ask(
        kernel.map.table(0), new KernelCall.TableVisit(
            KernelCall.Visit.LOOK, new PageRange(0, 2048), TableRig.NOWHERE, List.of(), 0,
            false));
    TreeSet<Long> mapped = new TreeSet<>();
    for (int i = 0; i < all.pages().size(); i++) {
      if (all.seen().get(i).kind() != KernelCall.EntryKind.SWAP) {
        assertThat(mapped.add(all.pfns().get(i))).as("mapped once").isTrue();
      }
      PageWalk.Entry entry = kernel.walk(all.pages().get(i));
      assertThat(entry.isPresent()).isEqualTo(
          all.seen().get(i).kind() == KernelCall.EntryKind.PRESENT);
    }
    return mapped;
  }
}

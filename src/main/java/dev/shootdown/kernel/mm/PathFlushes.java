package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;

/** Flushes of CPUs and of secondary TLBs, at once, gathered or in batches. */
final class PathFlushes {
  private static final int HUGE = 9;
  private static final String WITH_TABLES = "-with-tables";

  private final PathRun run;
  private final PathGather gather;
  private final PathLocks locks;
  private PageRange batch = PathJob.NOWHERE;

  PathFlushes(PathRun run, PathGather gather, PathLocks locks) {
    this.run = run;
    this.gather = gather;
    this.locks = locks;
  }

  boolean carryOut(PathStep step) {
    FlushRules rules = run.setup().rules();
    switch (step.primitive()) {
      case GATHER_BEGIN -> gather.begin(step.has("full"));
      case GATHER_CHECK -> gather.check();
      case GATHER_END -> gather.end();
      case COMMIT -> gather.commit();
      case CPU_FLUSH -> flushCpus(step.argument(), step.has("huge") ? HUGE : 0);
      case SEC_INV -> flushSecondary(range(step.argument()));
      case SEC_INV_NESTED -> flushSecondary(gather.told());
      case UPGRADED -> {
        if (run.changed.pages() > 0) {
          run.run(rules.upgraded(run.flush(run.changed, false)));
        }
      }
      case BATCH_ADD -> batch();
      case BATCH_FLUSH -> {
        if (batch.pages() > 0) {
          run.run(rules.batchFlush(run.flush(batch, false)));
          batch = PathJob.NOWHERE;
        }
      }
      case BATCHED_PENDING -> pending();
      default -> {
        return false;
      }
    }
    return true;
  }

  /**
   * Another CPU's batch may still be owed to this address space: flushes all of it. Before a visit
   * it asks under the lock that the visit needs, so that no batch can begin in between.
   */
  private void pending() {
    boolean visitFollows =
        run.at < run.steps().size() && PathVisits.isVisit(run.steps().get(run.at).primitive());
    if (visitFollows && !run.locked) {
      locks.lockTable();
      run.lockedAhead = true;
    }
    run.call(
        run.space(), new KernelCall.BatchPending(), Account.SOFTWARE,
        result -> {
          if (result instanceof KernelCall.Batched batched && batched.owed()) {
            run.run(run.setup().rules().cpuFlush(run.flush(PageRange.ALL, true)));
            run.tell(run.space(), new KernelCall.BatchFlushed(batched.added()));
          }
        });
  }

  private void flushCpus(String what, int strideOrder) {
    if (what.equals("accessible")) {
      flushAccessible(strideOrder);
      return;
    }
    boolean tables = what.endsWith(WITH_TABLES) || what.equals("all");
    PageRange range = range(what.replace(WITH_TABLES, ""));
    flushCpus(range, tables, strideOrder);
  }

  private void flushCpus(PageRange range, boolean tables, int strideOrder) {
    if (range.pages() > 0) {
      run.run(run.setup().rules().cpuFlush(run.flush(range, tables, strideOrder)));
    }
  }

  private void flushAccessible(int strideOrder) {
    PageRange sure = run.accessible;
    PageRange changed = run.changed;
    ifHintsCount(counts -> flushCpus(counts ? changed : sure, false, strideOrder));
  }

  /** set_tlb_ubc_flush_pending: queues what a CPU could have cached. */
  private void batch() {
    List<PageRange> pages = new ArrayList<>(run.changedPages);
    List<PageRange> hints = List.copyOf(run.hints);
    ifHintsCount(
        counts -> {
          pages.removeAll(counts ? List.of() : hints);
          pages.forEach(this::batch);
        });
  }

  private void batch(PageRange page) {
    run.run(run.setup().rules().batchAdd(run.flush(page, false)));
    run.tell(run.space(), new KernelCall.BatchAdd());
    batch = batch.hull(page);
  }

  /**
   * pte_accessible: a NUMA hint could be cached only as long as the flush of whoever took the
   * access away is pending. Power has no such test: there every entry counts.
   */
  private void ifHintsCount(Continuation.With<Boolean> then) {
    boolean asks =
        !run.hints.isEmpty()
            && run.setup().placement().architecture() != Architecture.POWER;
    if (asks) {
      run.call(
          run.space(), new KernelCall.GatherCheck(), Account.SOFTWARE,
          result -> then.accept(((KernelCall.Nested) result).pending()));
    } else {
      then.accept(true);
    }
  }

  /** An empty range is nothing to flush, but for the one at the top, which era B did pass on. */
  private void flushSecondary(PageRange range) {
    boolean any = range.pages() > 0 || range.equals(FlushRules.TOP);
    if (any && run.setup().placement().policy().ownSteps()) {
      run.flushSecondary(range);
    }
  }

  private PageRange range(String word) {
    return switch (word) {
      case "changed" -> run.changed;
      case "gathered" -> gather.hull();
      default -> run.named(word);
    };
  }
}

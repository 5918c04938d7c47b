package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * One CPU's queue of deferred flushes (Linux 6.12, dma-iommu.c, DMA_FQ domains).
 *
 * <ol>
 *   <li>An unmapping is queued and announced; nothing is flushed, and the page is given back.
 *   <li>When the ring is full, or a period after its first entry, every address space in it is
 *       flushed as a whole, and the announced windows close.
 * </ol>
 *
 * <p>It has state, so each CPU needs one of its own. Who runs the CPU's work asks {@link #expire}
 * for the timer's part.
 */
public final class FlushQueue implements SecondaryDriver {
  /** No flush is due at any time. */
  public static final long NEVER_PS = Long.MAX_VALUE;

  private record Entry(int mm, PageRange range) {}

  private final SecondaryDriver driver;
  private final FlushQueueSpec spec;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long deadlinePs = NEVER_PS;

  /** An empty queue in front of {@code driver}. */
  public FlushQueue(SecondaryDriver driver, FlushQueueSpec spec) {
    this.driver = driver;
    this.spec = spec;
  }

  @Override
  public Program flush(FlushRules.Job job) {
    return driver.flush(job);
  }

  @Override
  public Program defer(FlushRules.Job job) {
    return new Deferring(job);
  }

  /** When the timer is due, in ps; {@link #NEVER_PS} if nothing is queued. */
  public long deadlinePs() {
    return deadlinePs;
  }

  /** The timer's work, over at once before it is due. */
  public Program expire() {
    return new Expiring();
  }

  /** Flushes everything that is queued, on behalf of {@code operation}. */
  private Program all(long operation) {
    List<Program.Step> steps = new ArrayList<>();
    NavigableSet<Integer> mms = new TreeSet<>();
    entries.forEach(entry -> mms.add(entry.mm()));
    mms.forEach(mm -> steps.add(new Program.Run(
        driver.flush(new FlushRules.Job(operation, mm, PageRange.ALL, false)))));
    entries.forEach(entry -> steps.add(new Program.Note(
        new MachineFact.StaleWindowClosed(entry.mm(), entry.range()))));
    entries.clear();
    deadlinePs = NEVER_PS;
    return new StepList(steps);
  }

  private final class Deferring implements Program {
    private final FlushRules.Job job;
    private boolean checked;
    private boolean queued;

    Deferring(FlushRules.Job job) {
      this.job = job;
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      if (!checked) {
        checked = true;
        if (entries.size() == spec.entries() - 1) {
          return new Run(all(job.operation()));
        }
      }
      if (queued) {
        return new Finish();
      }
      queued = true;
      entries.add(new Entry(job.mm(), job.range()));
      if (deadlinePs == NEVER_PS) {
        deadlinePs = nowPs + spec.periodPs();
      }
      return new Note(new MachineFact.StaleWindowOpened(job.mm(), job.range()));
    }
  }

  private final class Expiring implements Program {
    private boolean asked;

    @Override
    public Step next(Outcome last, long nowPs) {
      boolean due = !asked && nowPs >= deadlinePs;
      asked = true;
      return due ? new Run(all(-1)) : new Finish();
    }
  }
}

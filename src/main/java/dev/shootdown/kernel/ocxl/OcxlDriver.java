package dev.shootdown.kernel.ocxl;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Linux's ocxl driver making its links forget (Linux 6.12, {@code invalidate_range} in
 * drivers/misc/ocxl/link.c, {@code pnv_ocxl_tlb_invalidate}).
 *
 * <ol>
 *   <li>Each process element has a notifier of its own; two for one process flush twice.
 *   <li>Under the link's lock it goes through the range page by page: one launch, one wait.
 *   <li>Address 0 launches a shoot-down of the whole process, so the first launch of a flush of
 *       everything does it all; the loop goes on all the same.
 * </ol>
 *
 * <p>Can't: kernels with 64 KiB pages, which take a sixteenth of the launches.
 */
public final class OcxlDriver {
  private final long launchPs;
  private final Map<Integer, List<Integer>> linksByMm = new TreeMap<>();

  /** A driver without process elements; a launch takes {@code launchPs}. */
  public OcxlDriver(long launchPs) {
    this.launchPs = launchPs;
  }

  /** Adds a process element of {@code mm} to the link behind lock domain {@code domain}. */
  public void add(int mm, int domain) {
    linksByMm.computeIfAbsent(mm, absent -> new ArrayList<>()).add(domain);
  }

  /** The flush of {@code job}; over at once where the process has no element. */
  public Program flush(FlushRules.Job job) {
    List<Integer> links = linksByMm.getOrDefault(job.mm(), List.of());
    return links.isEmpty() ? (last, nowPs) -> new Program.Finish() : new Flush(job, links);
  }

  private final class Flush implements Program {
    private enum At {
      BEGIN, LOCK, LAUNCH, WAIT, UNLOCK, END, OVER
    }

    private final FlushRules.Job job;
    private final List<Integer> links;
    private At at = At.BEGIN;
    private int element;
    private long page;

    private Flush(FlushRules.Job job, List<Integer> links) {
      this.job = job;
      this.links = links;
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      switch (at) {
        case BEGIN:
          at = At.LOCK;
          return new Note(
              new MachineFact.FlushBegan(
                  job.operation(), MachineFact.Audience.SECONDARY, job.mm(), job.range(),
                  job.range(), links.size()));
        case LOCK:
          page = job.range().firstPage();
          at = page < job.range().endPage() ? At.LAUNCH : At.UNLOCK;
          return new Ask(domain(), new KernelCall.Lock(true), Account.LOCK_WAIT);
        case LAUNCH:
          at = At.WAIT;
          return new Spend(Account.SUBMIT, launchPs);
        case WAIT:
          PageRange named = page == 0 ? PageRange.ALL : PageRange.of(page);
          page++;
          at = page < job.range().endPage() ? At.LAUNCH : At.UNLOCK;
          return new Ask(
              domain(), new KernelCall.ShootDown(job.mm(), named), Account.IOTLB_WAIT);
        case UNLOCK:
          Step unlock = new Tell(domain(), new KernelCall.Unlock(true));
          element++;
          at = element < links.size() ? At.LOCK : At.END;
          return unlock;
        case END:
          at = At.OVER;
          return new Note(
              new MachineFact.FlushEnded(job.operation(), MachineFact.Audience.SECONDARY));
        default:
          return new Finish();
      }
    }

    private int domain() {
      return links.get(element);
    }
  }
}

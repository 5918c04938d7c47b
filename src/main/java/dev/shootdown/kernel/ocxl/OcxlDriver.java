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
 *   <li>A kernel with 64 KiB pages launches for each of those, a sixteenth as often.
 *   <li>It has no release callback: when an address space goes, the link isn't told, and afterwards
 *       nobody calls the driver for it. {@link OcxlSpec.Release} has the other way.
 * </ol>
 *
 * <p>Can't: page tables of 64 KiB entries; only the flush is counted in them.
 */
public final class OcxlDriver {
  private final OcxlSpec spec;
  private final Map<Integer, List<Integer>> linksByMm = new TreeMap<>();

  /** A driver without process elements. */
  public OcxlDriver(OcxlSpec spec) {
    this.spec = spec;
  }

  /** Adds a process element of {@code mm} to the link behind lock domain {@code domain}. */
  public void add(int mm, int domain) {
    linksByMm.computeIfAbsent(mm, absent -> new ArrayList<>()).add(domain);
  }

  /** The flush of {@code job}; over at once where the process has no element. */
  public Program flush(FlushRules.Job job) {
    List<Integer> links = linksByMm.getOrDefault(job.mm(), List.of());
    boolean releases = job.binding() == FlushRules.Binding.RELEASING;
    return links.isEmpty() || releases && spec.release() == OcxlSpec.Release.NONE
        ? (last, nowPs) -> new Program.Finish() : new Flush(job, links, releases);
  }

  private final class Flush implements Program {
    private enum At {
      BEGIN, LOCK, LAUNCH, WAIT, UNLOCK, END, OVER
    }

    private final FlushRules.Job job;
    private final List<Integer> links;
    private final boolean removes;
    private At at = At.BEGIN;
    private int element;
    private long page;

    private Flush(FlushRules.Job job, List<Integer> links, boolean removes) {
      this.job = job;
      this.links = links;
      this.removes = removes;
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
          page = job.range().firstPage() / size() * size();
          at = page < job.range().endPage() ? At.LAUNCH : At.UNLOCK;
          return new Ask(domain(), new KernelCall.Lock(true), Account.LOCK_WAIT);
        case LAUNCH:
          at = At.WAIT;
          return new Spend(Account.SUBMIT, spec.launchPs());
        case WAIT:
          PageRange named = page == 0 ? PageRange.ALL : new PageRange(page, size());
          page += size();
          at = page < job.range().endPage() && !removes ? At.LAUNCH : At.UNLOCK;
          return new Ask(
              domain(), new KernelCall.ShootDown(job.mm(), named, removes),
              Account.IOTLB_WAIT);
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

    private long size() {
      return spec.pages().size();
    }

    private int domain() {
      return links.get(element);
    }
  }
}

package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Serves devices' page faults for ever (Linux 6.12, io-pgfault.c and the drivers' threads).
 *
 * <ol>
 *   <li>It takes a complete group, or sleeps until there is one.
 *   <li>Page by page it runs the handler of the address space that the PASID stood for when the
 *       group was taken. Once a page has failed, the group has; one of a PASID that stands for
 *       none is invalid.
 *   <li>It answers the group through the command queue. It never looks at invalidations under way:
 *       that the page is there when the device tries again, nobody promises.
 * </ol>
 */
public final class IopfThread implements Program {
  private final PageRequests requests;
  private final FaultHandler handler;
  private final IopfThreadSpec spec;
  private final CommandQueues queues;
  private final Deque<Step> steps = new ArrayDeque<>();
  private PageFault fault;
  private int served;
  private FaultHandler.Serving serving;
  private FaultHandler.Result worst;
  private boolean taking;

  /** A thread that has nothing under way and shares its queues with nobody. */
  public IopfThread(PageRequests requests, FaultHandler handler, IopfThreadSpec spec) {
    this(requests, handler, spec, CommandQueues.FREE);
  }

  /** A thread that has nothing under way. */
  public IopfThread(
      PageRequests requests, FaultHandler handler, IopfThreadSpec spec,
      CommandQueues queues) {
    this.requests = requests;
    this.handler = handler;
    this.spec = spec;
    this.queues = queues;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (taking) {
      taking = false;
      begin(requests.read(last));
    }
    if (!steps.isEmpty()) {
      return steps.remove();
    }
    if (fault == null) {
      taking = true;
      return requests.take();
    }
    if (serving != null) {
      worst = serving.result();
      serving = null;
    }
    if (served < fault.wants().size() && worst == FaultHandler.Result.SUCCESS) {
      serving = handler.serve(fault.mm(), fault.wants().get(served++));
      return new Run(serving.program());
    }
    answer();
    return steps.remove();
  }

  private void begin(PageFault taken) {
    fault = taken;
    served = 0;
    serving = null;
    worst = taken.bound() ? FaultHandler.Result.SUCCESS : FaultHandler.Result.INVALID;
    steps.add(new Spend(Account.SOFTWARE, spec.entryPs()));
  }

  /** An operation of its own: each page's fault was one already, and operations don't nest. */
  private void answer() {
    long page = fault.wants().get(0).page();
    steps.add(new Begin("page-request", fault.mm(), PageRange.of(page)));
    Invalidation.Descriptor answer = fault.stalled()
        ? new Invalidation.Resume(fault.group(), worst == FaultHandler.Result.SUCCESS)
        : new Invalidation.PageResponse(fault.device(), fault.pasid(), fault.group(), code());
    submit(answer);
    steps.add(new End());
    fault = null;
  }

  private void submit(Invalidation.Descriptor answer) {
    int iommu = fault.iommu();
    boolean locks = queues.isLocked(iommu);
    List<Step> all = new ArrayList<>();
    if (locks) {
      all.add(new Interrupts(false));
    }
    queues.enterLocked(all, iommu);
    all.add(new Spend(Account.SUBMIT, spec.submitPs()));
    all.add(new Submit(iommu, List.of(answer)));
    queues.leave(all, iommu);
    if (spec.awaitsAnswer()) {
      all.add(new AwaitInvalidation());
      queues.seen(all, iommu);
    }
    if (locks) {
      all.add(new Interrupts(true));
    }
    steps.addAll(all);
  }

  private int code() {
    return switch (worst) {
      case SUCCESS -> Ats.SUCCESS;
      case INVALID -> Ats.INVALID_REQUEST;
      case FAILURE -> spec.failureCode();
    };
  }
}

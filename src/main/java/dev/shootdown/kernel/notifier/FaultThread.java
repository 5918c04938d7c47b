package dev.shootdown.kernel.notifier;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;

/**
 * Serves for ever the faults that one lock domain wants its process to serve: a driver's bottom
 * half, or a hypervisor's thread in get_user_pages.
 *
 * <ol>
 *   <li>It takes a fault, or sleeps until there is one.
 *   <li>It handles it as a CPU's.
 *   <li>It says whether the access is worth another try. Whether the page is there then, nobody
 *       promises.
 * </ol>
 */
public final class FaultThread implements Program {
  private final int domain;
  private final FaultHandlers handlers;
  private KernelCall.WantedFault wanted;
  private FaultHandlers.Fault fault;
  private boolean taking;

  /** A thread that serves lock domain {@code domain}. */
  public FaultThread(int domain, FaultHandlers handlers) {
    this.domain = domain;
    this.handlers = handlers;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (taking) {
      taking = false;
      wanted = (KernelCall.WantedFault) ((Answered) last).result();
      fault = handlers.fault(wanted.mm(), wanted.page(), wanted.write());
      return new Run(fault);
    }
    if (fault != null) {
      boolean served = fault.answer() == FaultHandlers.Answer.SERVED;
      fault = null;
      return new Tell(domain, new KernelCall.FaultServed(wanted.request(), served));
    }
    taking = true;
    return new Ask(domain, new KernelCall.TakeFault(), Account.SOFTWARE);
  }
}

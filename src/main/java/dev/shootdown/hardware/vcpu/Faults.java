package dev.shootdown.hardware.vcpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.trace.MachineFact;

/**
 * The one access that waits for software, and the one reload of the APIC page's address that does;
 * each is a fault from its first failure until it goes through.
 */
final class Faults {
  /** What the vCPU's thread waits for. */
  enum Asked {
    NOTHING, FAULT, APIC, CACHE
  }

  private static final long NONE = -1;

  private final VcpuLayout layout;
  private final Ctx<?> ctx;
  private long requests;
  private long access = NONE;
  private long reload = NONE;
  private Asked asked = Asked.NOTHING;

  Faults(VcpuLayout layout, Ctx<?> ctx) {
    this.layout = layout;
    this.ctx = ctx;
  }

  /** The access failed; returns its number, the same for each try. */
  long failed(long gfn, boolean write) {
    asked = Asked.FAULT;
    access = failed(access, layout.hostPage(gfn), write);
    return access;
  }

  /** The vCPU's thread asks KVM, and waits. */
  void asks(Asked what) {
    asked = what;
  }

  /** Whether this is the answer that is waited for, which then is over; a breach if not. */
  boolean isAnswer(Asked to) {
    return takes(asked == to);
  }

  /** Whether this is the answer to the access that failed under {@code request}. */
  boolean isAnswer(long request) {
    return takes(asked == Asked.FAULT && access == request);
  }

  private boolean takes(boolean expected) {
    if (expected) {
      asked = Asked.NOTHING;
    } else {
      ctx.mark(new MachineFact.ProtocolBreach("KVM answers a vCPU what it asked, once"));
    }
    return expected;
  }

  /** The access went through. */
  void served() {
    resolved(access, MachineFact.Resolution.SERVED);
    access = NONE;
  }

  /** It never will. */
  void refused() {
    resolved(access, MachineFact.Resolution.FAILED);
    access = NONE;
  }

  /** KVM could not say where the APIC page is. */
  void notReloaded() {
    reload = failed(reload, layout.hostPage(layout.apicGfn()), false);
  }

  /** It could. */
  void reloaded() {
    resolved(reload, MachineFact.Resolution.SERVED);
    reload = NONE;
  }

  /** There is none any more. */
  void gone() {
    resolved(reload, MachineFact.Resolution.FAILED);
    reload = NONE;
  }

  private long failed(long open, long page, boolean write) {
    if (open != NONE) {
      ctx.mark(new MachineFact.FaultRetried(open));
      return open;
    }
    long request = requests++;
    ctx.mark(new MachineFact.FaultRaised(request, layout.mm(), page, write));
    return request;
  }

  private void resolved(long open, MachineFact.Resolution how) {
    if (open != NONE) {
      ctx.mark(new MachineFact.FaultResolved(open, how));
    }
  }
}

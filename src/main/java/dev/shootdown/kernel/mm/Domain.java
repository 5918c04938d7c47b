package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * What the lock domains have in common: requests come in, answers go back to the CPU that asked,
 * and taking and dropping a lock is stated.
 *
 * @param <C> the domain's commands
 */
abstract class Domain<C> extends AbstractBehavior<C> implements KernelCall.KernelSide {
  protected final Ctx<C> ctx;
  private final Ports<KernelCall.ToCpu> cpus;
  private KernelCall.Request refused;

  /** A call and when it arrived. */
  record Waiting(KernelCall.Call call, long arrivedPs) {}

  protected Domain(ActorContext<C> context, Ctx<C> ctx) {
    super(context);
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", KernelCall.ToCpu.class);
  }

  /** Answers a request that needed no lock. */
  protected void answer(KernelCall.Call call, KernelCall.Result result) {
    long nowPs = ctx.nowPs();
    answer(call, result, nowPs, nowPs);
  }

  /** Answers a request that arrived and was granted its lock earlier. */
  protected void answer(
      KernelCall.Call call, KernelCall.Result result, long arrivedPs, long grantedPs) {
    if (call.request() == refused) {
      return;
    }
    ctx.send(
        cpus.at(call.cpu()),
        new KernelCall.Reply(call.ticket(), result, arrivedPs, grantedPs, ctx.nowPs()));
  }

  protected void taken(Waiting by) {
    ctx.mark(new MachineFact.LockTaken(by.call().operation(), ctx.name(), by.arrivedPs()));
  }

  /** Lets in whoever waited for nothing but the lock. */
  protected void admit(Waiting waiting) {
    taken(waiting);
    answer(waiting.call(), new KernelCall.Ok(), waiting.arrivedPs(), ctx.nowPs());
  }

  protected void dropped(long operation) {
    ctx.mark(new MachineFact.LockDropped(operation, ctx.name()));
  }

  /** Gives a sleeping lock back; one that nobody holds is a breach. */
  protected void unlock(
      LockQueue<Waiting> lock, KernelCall.Unlock unlock, long operation) {
    if (lock.isHeld(unlock.exclusive())) {
      dropped(operation);
      lock.give(unlock.exclusive(), this::admit);
    } else {
      breach("operation " + operation + " unlocked " + ctx.name() + ", which was not locked"
          + (unlock.exclusive() ? " exclusively" : " shared"));
    }
  }

  /** What breaks a rule between the parts is stated, and the run goes on. */
  protected void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }

  /** What is asked of the wrong domain is never answered, so whoever waits for it hangs. */
  protected void refuse(KernelCall.Request request) {
    refused = request;
    breach(ctx.name() + " cannot serve " + request.getClass().getSimpleName());
  }
}

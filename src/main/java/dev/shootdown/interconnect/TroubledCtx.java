package dev.shootdown.interconnect;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.Ports;
import dev.shootdown.trace.MachineFact;
import java.util.Deque;
import java.util.List;

/**
 * The context of a part in trouble: its own messages to itself are late, and what struck the
 * messages that it sent is stated in its name.
 */
final class TroubledCtx<C> implements Ctx<C> {
  private final Ctx<C> ctx;
  private final List<PartTroubleSpec> own;
  private final Deque<TroubleSpec> struck;

  TroubledCtx(Ctx<C> ctx, List<PartTroubleSpec> own, Deque<TroubleSpec> struck) {
    this.ctx = ctx;
    this.own = own;
    this.struck = struck;
  }

  @Override
  public String name() {
    return ctx.name();
  }

  @Override
  public long nowPs() {
    return ctx.nowPs();
  }

  @Override
  public <M> Port<M> port(String port, Class<M> type) {
    return ctx.port(port, type);
  }

  @Override
  public <M> Ports<M> ports(String port, Class<M> type) {
    return ctx.ports(port, type);
  }

  @Override
  public <M> void send(Port<M> port, M message) {
    ctx.send(port, message);
    while (!struck.isEmpty()) {
      TroubleSpec trouble = struck.remove();
      ctx.mark(new MachineFact.TroubleStruck(
          trouble.label(), message.getClass().getSimpleName()));
    }
  }

  @Override
  public void after(long delayPs, C message) {
    long nowPs = ctx.nowPs();
    long duePs = Math.addExact(nowPs, slowedPs(nowPs, delayPs));
    long awakePs = StalledInlet.awakePs(own, duePs);
    if (awakePs != duePs) {
      state(PartTroubleSpec.Action.STALL, duePs);
    }
    ctx.after(awakePs - nowPs, message);
  }

  @Override
  public Dice dice() {
    return ctx.dice();
  }

  @Override
  public void mark(Fact fact) {
    ctx.mark(fact);
  }

  private long slowedPs(long nowPs, long delayPs) {
    long slowedPs = delayPs;
    for (PartTroubleSpec trouble : own) {
      if (trouble.action() == PartTroubleSpec.Action.SLOW && trouble.isOpenAt(nowPs)
          && delayPs > 0) {
        slowedPs = Math.multiplyExact(slowedPs, (long) trouble.factor().orElse(1));
      }
    }
    if (slowedPs != delayPs) {
      state(PartTroubleSpec.Action.SLOW, nowPs);
    }
    return slowedPs;
  }

  private void state(PartTroubleSpec.Action action, long atPs) {
    for (PartTroubleSpec trouble : own) {
      if (trouble.action() == action && trouble.isOpenAt(atPs)) {
        ctx.mark(new MachineFact.TroubleStruck(trouble.label(), name()));
      }
    }
  }
}

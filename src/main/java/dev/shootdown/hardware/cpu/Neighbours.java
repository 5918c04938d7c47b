package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.Ipi;

/** What a CPU says to other CPUs and hears from them, directly or through the interconnect. */
final class Neighbours implements Ipi.CpuSide, Broadcast.CpuSide {
  private final int cpu;
  private final Ctx<?> ctx;
  private final Ports<Ipi> cpus;
  private final Ports<Broadcast.ToInterconnect> interconnects;
  private final Contexts contexts;
  private final Steps steps;
  private final Interrupts interrupts;

  Neighbours(
      int cpu, Ctx<?> ctx, Contexts contexts, Steps steps, Interrupts interrupts) {
    this.cpu = cpu;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", Ipi.class);
    this.interconnects = ctx.ports("dvm", Broadcast.ToInterconnect.class);
    this.contexts = contexts;
    this.steps = steps;
    this.interrupts = interrupts;
  }

  @Override
  public void on(Ipi.Flush flush) {
    interrupts.queue(flush);
    interrupts.kick();
  }

  @Override
  public void on(Ipi.Done done) {
    steps.sending().acknowledgements().written(done.from());
    steps.recheck();
  }

  @Override
  public void on(Ipi.Queue queue) {
    boolean wasEmpty =
        interrupts.queue(new Ipi.Flush(queue.from(), queue.operation(), queue.what()));
    ctx.send(cpus.at(queue.from()), new Ipi.Probed(cpu, !wasEmpty));
  }

  @Override
  public void on(Ipi.Kick kick) {
    interrupts.kick();
  }

  @Override
  public void on(Ipi.Probe probe) {
    boolean settled =
        switch (probe.question()) {
          case FLUSH_ON_ENTRY -> interrupts.preemption().flag();
          case USES_GLOBAL_ID -> contexts.usesGlobalId(probe.mm());
          case ACKNOWLEDGED -> true;
        };
    ctx.send(cpus.at(probe.from()), new Ipi.Probed(cpu, settled));
  }

  @Override
  public void on(Ipi.Probed probed) {
    steps.sending().answered(probed);
    steps.recheck();
  }

  @Override
  public void on(Broadcast.Forget forget) {
    if (contexts.forget(forget.what())) {
      steps.touches().forgotten(forget.what(), interrupts.isAway());
    }
    ctx.send(interconnects.at(0), new Broadcast.Forgotten(cpu, forget.number()));
  }

  @Override
  public void on(Broadcast.Synced synced) {
    steps.waits().onSynced();
    steps.recheck();
  }
}

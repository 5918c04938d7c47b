package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;

/** What a program has asked others for, and what of it has come. */
final class Waits {
  private static final long NONE = -1;

  private final int cpu;
  private final Ctx<?> ctx;
  private final TimeLine timeLine;
  private final Ports<KernelCall.ToKernel> domains;
  private final Ports<Invalidation.ToIommu> iommus;
  private final Ports<Broadcast.ToInterconnect> interconnects;
  private long ticket = NONE;
  private int completionsMissing;
  private Invalidation.Status worst = Invalidation.Status.DONE;
  private long issued;
  private boolean synced = true;

  Waits(int cpu, Ctx<?> ctx, TimeLine timeLine) {
    this.cpu = cpu;
    this.ctx = ctx;
    this.timeLine = timeLine;
    this.domains = ctx.ports("domains", KernelCall.ToKernel.class);
    this.iommus = ctx.ports("iommus", Invalidation.ToIommu.class);
    this.interconnects = ctx.ports("dvm", Broadcast.ToInterconnect.class);
  }

  void call(int domain, KernelCall.Request request, long number) {
    ticket = number;
    ctx.send(
        domains.at(domain), new KernelCall.Call(cpu, timeLine.operation(), ticket, request));
  }

  /** Asks on behalf of an interrupt handler. */
  void call(int domain, KernelCall.Request request, long number, long operation) {
    ctx.send(domains.at(domain), new KernelCall.Call(cpu, operation, number, request));
  }

  void tell(Program.Tell tell) {
    tell(tell.domain(), tell.request(), timeLine.operation());
  }

  /** Tells on behalf of that operation. */
  void tell(int domain, KernelCall.Request request, long operation) {
    ctx.send(domains.at(domain), new KernelCall.Post(cpu, operation, request));
  }

  /** Whether the program waits for this answer; a breach if not. */
  boolean expects(KernelCall.Reply reply) {
    boolean expected = ticket != NONE && reply.ticket() == ticket;
    if (!expected) {
      ctx.mark(new MachineFact.ProtocolBreach("a lock domain answers what it was asked, once"));
    }
    return expected;
  }

  /** The answer is there. */
  void answered() {
    ticket = NONE;
  }

  void submit(Program.Submit submit, long number) {
    completionsMissing++;
    ctx.send(
        iommus.at(submit.iommu()),
        new Invalidation.Submit(cpu, timeLine.operation(), number, submit.descriptors()));
  }

  /** Counts the answer; false, and a breach, if everything submitted was answered before. */
  boolean completed(Invalidation.Completed completed) {
    if (completionsMissing == 0) {
      ctx.mark(new MachineFact.ProtocolBreach("an IOMMU answers each submission once"));
      return false;
    }
    completionsMissing--;
    if (completed.status() != Invalidation.Status.DONE) {
      worst = completed.status();
    }
    return true;
  }

  int completionsMissing() {
    return completionsMissing;
  }

  /** How everything submitted ended; after that, it is forgotten. */
  Program.Outcome invalidated() {
    Program.Outcome outcome =
        worst == Invalidation.Status.DONE ? Steps.DONE : new Program.Undone(worst);
    worst = Invalidation.Status.DONE;
    return outcome;
  }

  void issue(Program.Issue issue) {
    issued++;
    ctx.send(
        interconnects.at(0),
        new Broadcast.Invalidate(cpu, issue.what(), issue.instructions()));
  }

  /** Starts to wait; the outcome if there is nothing to wait for. */
  Program.Outcome sync(long number) {
    if (issued == 0) {
      return Steps.DONE;
    }
    synced = false;
    ctx.send(interconnects.at(0), new Broadcast.Sync(cpu, issued, number));
    return null;
  }

  void onSynced() {
    synced = true;
  }

  boolean isSynced() {
    return synced;
  }
}

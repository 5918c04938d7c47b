package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;

/** Starts steps, each in its own way: at once, by taking time, or by asking somebody. */
final class Starts {
  private final CpuSpec spec;
  private final CpuLayout layout;
  private final Ctx<?> ctx;
  private final TimeLine timeLine;
  private final Contexts contexts;
  private final Interrupts interrupts;
  private final Steps steps;
  private final Waits waits;
  private long newest;

  Starts(
      CpuSpec spec, CpuLayout layout, Ctx<?> ctx, TimeLine timeLine, Contexts contexts,
      Interrupts interrupts, Steps steps) {
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.timeLine = timeLine;
    this.contexts = contexts;
    this.interrupts = interrupts;
    this.steps = steps;
    this.waits = steps.waits();
  }

  /** Starts a step; returns its outcome if it was over at once. */
  Program.Outcome start(Program.Step next) {
    if (next instanceof Program.Spend spend) {
      return timed(spend.durationPs(), false);
    } else if (next instanceof Program.Ask ask) {
      waits.call(ask.domain(), ask.request(), steps.number());
      return null;
    } else if (next instanceof Program.Tell tell) {
      waits.tell(tell);
      return Steps.DONE;
    } else if (next instanceof Program.Touch touch) {
      steps.touches().touch(touch);
      return null;
    } else if (next instanceof Program.Interrupt interrupt) {
      return steps.sending().interrupt(interrupt);
    } else if (next instanceof Program.FlushLocal flush) {
      return flush(flush.what());
    } else if (next instanceof Program.AwaitAcks) {
      return steps.sending().acknowledgements().look() ? Steps.DONE : null;
    } else if (next instanceof Program.Submit submit) {
      waits.submit(submit, steps.number());
      return Steps.DONE;
    } else if (next instanceof Program.AwaitInvalidation) {
      return waits.completionsMissing() == 0 ? waits.invalidated() : null;
    } else if (next instanceof Program.Issue issue) {
      return timed(Math.multiplyExact(issue.instructions(), spec.issuePs()), true);
    } else if (next instanceof Program.Sync) {
      return waits.sync(steps.number());
    } else if (next instanceof Program.Probe probe) {
      return steps.sending().probe(probe);
    }
    return startOwn(next);
  }

  /** Starts a step that concerns only the CPU itself. */
  private Program.Outcome startOwn(Program.Step next) {
    if (next instanceof Program.Until until) {
      steps.halt(until.idle());
      return timed(Math.max(0, until.untilPs() - ctx.nowPs()), true);
    } else if (next instanceof Program.Interrupts switched) {
      interrupts.set(switched.on());
      return switched.on() && interrupts.isDue() ? timed(0, false) : Steps.DONE;
    } else if (next instanceof Program.Load load) {
      contexts.load(load.mm(), load.generation());
      return Steps.DONE;
    } else if (next instanceof Program.BeLazy) {
      contexts.beLazy();
      return Steps.DONE;
    } else if (next instanceof Program.Begin begin) {
      long operation = timeLine.begin();
      interrupts.operationBegins();
      ctx.mark(
          new MachineFact.OperationBegan(operation, begin.kind(), begin.mm(), begin.range()));
      return new Program.Began(operation);
    } else if (next instanceof Program.End) {
      timeLine.end();
      return Steps.DONE;
    } else if (next instanceof Program.Note note) {
      ctx.mark(note.fact());
      return Steps.DONE;
    }
    steps.finish();
    return null;
  }

  /** Takes time; a step of none is over at once, unless something is left to do at its end. */
  private Program.Outcome timed(long durationPs, boolean hasWorkAtItsEnd) {
    if (durationPs == 0 && !interrupts.isDue() && !hasWorkAtItsEnd) {
      return Steps.DONE;
    }
    steps.takeTime(durationPs);
    return null;
  }

  private Program.Outcome flush(FlushHandler.Flush what) {
    int domain = layout.flushHandler().newestAt(contexts.loaded(), what);
    if (domain < 0) {
      return flush(what, what.generation());
    }
    waits.call(domain, new KernelCall.TakeUp(layout.number()), steps.number());
    return null;
  }

  /** Flushes, now that the newest generation is known. */
  Program.Outcome flush(FlushHandler.Flush what, long newestGeneration) {
    newest = newestGeneration;
    return timed(interrupts.flushPs(decide(what), what), true);
  }

  /** What a local flush does; asked again at its end, as an interrupt may have done it all. */
  FlushHandler.Decision decide(FlushHandler.Flush what) {
    return layout.flushHandler().decide(contexts.loaded(), what, newest);
  }
}

package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Sends to one CPU after the other: interrupts, requests for their queues, questions.
 *
 * <p>With queues it takes two rounds: the requests first, and when all have said whether their
 * queue was empty, interrupts to those where it was (Linux {@code smp_call_function_many_cond}).
 * Requests overlap, unless lines are fetched in turn: then the next one goes when the last is known
 * to be in its queue. One interrupt command may reach several CPUs with neighbouring numbers.
 */
final class Sending {
  private final CpuSpec spec;
  private final int cpu;
  private final Ctx<?> ctx;
  private final Ports<Ipi> cpus;
  private final TimeLine timeLine;
  private final Steps steps;
  private final Acknowledgements acknowledgements;
  private final BitSet unsettled = new BitSet();
  private Program.Step step;
  private List<Integer> targets = List.of();
  private int index;
  private int reached;
  private int answersMissing;
  private boolean kicking;

  Sending(CpuSpec spec, int cpu, Ctx<?> ctx, TimeLine timeLine, Steps steps) {
    this.spec = spec;
    this.cpu = cpu;
    this.ctx = ctx;
    this.cpus = ctx.ports("cpus", Ipi.class);
    this.timeLine = timeLine;
    this.steps = steps;
    this.acknowledgements = new Acknowledgements(spec.linesInTurn(), cpu, ctx, cpus);
  }

  /** Starts sending; the outcome if nobody is to be sent anything. */
  Program.Outcome interrupt(Program.Interrupt interrupt) {
    acknowledgements.expect(interrupt.targets(), interrupt.what().mm());
    return start(interrupt, interrupt.targets(), !spec.coalesceInterrupts());
  }

  /** Starts asking; the outcome if nobody is to be asked. */
  Program.Outcome probe(Program.Probe probe) {
    return start(probe, probe.targets(), false);
  }

  private Program.Outcome start(Program.Step sent, List<Integer> to, boolean atOnce) {
    step = sent;
    targets = to;
    index = 0;
    reached = 0;
    unsettled.clear();
    answersMissing = 0;
    kicking = atOnce;
    return next();
  }

  /** The time is over for those from {@code index} on that were reached together. */
  Program.Outcome sent() {
    index = reached;
    return spec.linesInTurn() && answersMissing > 0 ? null : next();
  }

  /** Sends to the next one; null while there is something to do or to wait for. */
  private Program.Outcome next() {
    if (index < targets.size()) {
      do {
        send(targets.get(reached++));
      } while (kicking && reached < targets.size()
          && spec.isSameCluster(targets.get(index), targets.get(reached)));
      steps.takeTime(kicking ? spec.ipiSendPs() : spec.probePs());
      return null;
    }
    return answersMissing > 0 ? null : round();
  }

  private void send(int target) {
    if (step instanceof Program.Probe probe) {
      answersMissing++;
      ctx.send(cpus.at(target), new Ipi.Probe(cpu, probe.question(), probe.mm()));
      return;
    }
    FlushHandler.Flush what = ((Program.Interrupt) step).what();
    if (!kicking) {
      answersMissing++;
      ctx.send(cpus.at(target), new Ipi.Queue(cpu, timeLine.operation(), what));
      return;
    }
    ctx.mark(
        new MachineFact.InterruptSent(timeLine.operation(), target, !what.isNothing()));
    ctx.send(
        cpus.at(target),
        spec.coalesceInterrupts()
            ? new Ipi.Kick(cpu) : new Ipi.Flush(cpu, timeLine.operation(), what));
  }

  /** A round is over: there is an outcome, or a second round. */
  private Program.Outcome round() {
    if (!(step instanceof Program.Probe) && kicking) {
      return Steps.DONE;
    }
    List<Integer> left = new ArrayList<>();
    for (int target : targets) {
      if (unsettled.get(target)) {
        left.add(target);
      }
    }
    if (step instanceof Program.Probe) {
      return new Program.Unsettled(left);
    }
    targets = left;
    index = 0;
    reached = 0;
    kicking = true;
    return next();
  }

  /** Whether the CPU, which has nothing else to do, has the answers that it waits for. */
  boolean hasItsAnswers() {
    return answersMissing == 0;
  }

  /** What waiting for answers is: sending, if the next request waits for the last one. */
  Account waiting() {
    return spec.linesInTurn() ? Account.IPI_SEND : Account.ACK_WAIT;
  }

  /** Goes on after {@link #hasItsAnswers}. */
  Program.Outcome goOn() {
    return next();
  }

  void answered(Ipi.Probed probed) {
    if (acknowledgements.isFetching()) {
      acknowledgements.fetched();
      return;
    }
    answersMissing--;
    if (!probed.settled()) {
      unsettled.set(probed.from());
    }
  }

  Acknowledgements acknowledgements() {
    return acknowledgements;
  }
}

package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.MM;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A CPU with a random program, random neighbours, and random answers. */
final class RandomCpu {
  private static final int OPERATIONS = 6;
  private static final int FLUSHES = 40;
  private static final long TIME_PS = 20_000_000;
  private static final long DELAY_PS = 1_500_000;

  private final Dice dice;
  private final CpuRig cpu;
  private final Map<Long, List<Cpu.Command>> coming = new TreeMap<>();
  private final List<Long> flushed = new ArrayList<>();
  private final List<Long> acknowledged = new ArrayList<>();
  private final int steps;

  RandomCpu(Dice dice) {
    this.dice = dice;
    List<Program.Step> program = program();
    this.steps = program.size();
    this.cpu = new CpuRig(CpuRig.SPEC, program);
    long generation = 1;
    for (long atPs : times()) {
      generation += dice.below(2);
      Ipi.Flush flush = new Ipi.Flush(
          1 + dice.below(3), flushed.size(), MM, ++generation, range());
      flushed.add(flush.operation());
      come(atPs, new Cpu.Interrupted(flush));
    }
  }

  private List<Long> times() {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < FLUSHES; i++) {
      times.add(dice.below(TIME_PS));
    }
    times.sort(null);
    return times;
  }

  private List<Program.Step> program() {
    List<Program.Step> program = new ArrayList<>();
    program.add(new Program.Load(MM, 1));
    for (int i = 0; i < OPERATIONS; i++) {
      program.add(new Program.Begin("op", MM, range()));
      for (int j = dice.below(12); j >= 0; j--) {
        add(program);
      }
      program.add(new Program.AwaitInvalidation());
      program.add(new Program.AwaitAcks());
      program.add(new Program.End());
      program.add(new Program.Until(dice.below(TIME_PS), dice.chance(0.5)));
    }
    return program;
  }

  private void add(List<Program.Step> program) {
    Program.Spend spend = new Program.Spend(Account.SOFTWARE, dice.below(DELAY_PS));
    switch (dice.below(8)) {
      case 0 -> program.add(spend);
      case 1 -> program.add(new Program.Spend(Account.PTE_WORK, 0));
      case 2 -> program.add(
          new Program.Ask(2, new KernelCall.GatherCheck(), Account.PTE_WORK));
      case 3 -> program.add(CpuRig.read(dice.below(9)));
      case 4 -> program.add(new Program.Interrupt(List.of(1, 3), MM, 1, range()));
      case 5 -> program.add(new Program.FlushLocal(MM, dice.below(80), range()));
      case 6 -> program.add(new Program.Submit(0, List.of()));
      default -> {
        program.add(new Program.Interrupts(false));
        program.add(spend);
        program.add(new Program.Interrupts(true));
      }
    }
  }

  private PageRange range() {
    return dice.chance(0.2) ? PageRange.ALL : new PageRange(dice.below(9), 1 + dice.below(4));
  }

  private void come(long atPs, Cpu.Command command) {
    coming.computeIfAbsent(atPs, key -> new ArrayList<>()).add(command);
  }

  void toTheEnd() {
    answer();
    while (!coming.isEmpty() || cpu.part.hasTimers()) {
      long nextPs = coming.isEmpty() ? Long.MAX_VALUE : coming.keySet().iterator().next();
      if (cpu.ctx.nextTimerPs() <= nextPs) {
        cpu.part.runNextTimer();
      } else {
        cpu.part.advanceTo(nextPs);
        coming.remove(nextPs).forEach(cpu.part::tell);
      }
      answer();
    }
  }

  /** Everything said is answered some time later. */
  private void answer() {
    long nowPs = cpu.ctx.nowPs();
    for (RecordingCtx.Sent sent : cpu.ctx.takeSent()) {
      long atPs = nowPs + dice.below(DELAY_PS);
      if (sent.message() instanceof KernelCall.Call call) {
        long arrivedPs = nowPs + (atPs - nowPs) / 4;
        come(atPs, new Cpu.KernelAnswered(new KernelCall.Reply(
            call.ticket(), new KernelCall.Nested(false), arrivedPs, (arrivedPs + atPs) / 2,
            atPs)));
      } else if (sent.message() instanceof PageWalk.Walk walk) {
        long readPs = (nowPs + atPs) / 2;
        come(atPs, new Cpu.TableAnswered(new PageWalk.Entry(
            walk.tag(), walk.mm(), walk.page(), 1000 + walk.page(), true, readPs)));
      } else if (sent.message() instanceof Ipi.Flush flush) {
        come(atPs, new Cpu.Interrupted(new Ipi.Done(sent.member(), flush.operation())));
      } else if (sent.message() instanceof Invalidation.Submit submit) {
        long thirdPs = (atPs - nowPs) / 3;
        come(atPs, new Cpu.IommuAnswered(new Invalidation.Completed(
            submit.ticket(), nowPs, nowPs + thirdPs, nowPs + 2 * thirdPs)));
      } else if (sent.message() instanceof Ipi.Done done) {
        acknowledged.add(done.operation());
      }
    }
  }

  CpuRig cpu() {
    return cpu;
  }

  /** The numbers of the flushes that others asked for. */
  List<Long> flushed() {
    return flushed;
  }

  /** The numbers of the flushes that were answered. */
  List<Long> acknowledged() {
    return acknowledged;
  }

  boolean isFinished() {
    return cpu.script.isOver(steps - 1);
  }
}

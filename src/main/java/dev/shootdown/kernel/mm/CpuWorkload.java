package dev.shootdown.kernel.mm;

import dev.shootdown.address.Access;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;

/**
 * What one CPU does in a run: its actions in order, with page faults and context switches in
 * between.
 *
 * <ol>
 *   <li>Taking up an address space happens with interrupts off, so that a flush that saw this CPU
 *       in the mask is served after the tables are loaded, as in Linux {@code switch_mm_irqs_off}.
 *   <li>A touch that faults runs the fault path and is tried again; one outside any area is given
 *   up.
 *   <li>A CPU that sleeps keeps its tables loaded lazily and takes them up again when it wakes.
 *   <li>The timer of deferred flushes comes between actions, into waiting and into idleness, but
 *       not into a path.
 * </ol>
 */
public final class CpuWorkload implements Program {
  private static final int TRIES = 64;

  private final int cpu;
  private final List<Action> actions;
  private final KernelSetup setup;
  private final KernelMap map;
  private final ArrayDeque<Step> queued = new ArrayDeque<>();
  private int at;
  private int loaded = -1;
  private boolean awaitingGeneration;
  private Action.TouchAll touching;
  private long touchPage;
  private int tries;
  private FaultProgram fault;

  /** The workload of CPU {@code cpu} on x86, where no fault needs a path. */
  public CpuWorkload(
      int cpu, List<Action> actions, KernelMap map, Costs costs, Era era, FlushRules rules) {
    this(
        cpu, actions,
        new KernelSetup(map, costs, Placement.of(era), rules, new TreeMap<>()));
  }

  /** The workload of CPU {@code cpu}. */
  public CpuWorkload(int cpu, List<Action> actions, KernelSetup setup) {
    this.cpu = cpu;
    this.actions = List.copyOf(actions);
    this.setup = setup;
    this.map = setup.map();
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (awaitingGeneration && last instanceof Answered answered) {
      awaitingGeneration = false;
      long generation = ((KernelCall.Generation) answered.result()).generation();
      queued.addFirst(new Interrupts(true));
      return new Load(loaded, generation);
    }
    if (!queued.isEmpty()) {
      return take();
    }
    if (touching != null) {
      Step step = afterTouch(last);
      if (step != null) {
        return step;
      }
    }
    while (queued.isEmpty() && at < actions.size()) {
      if (setup.rules().timerPs() <= nowPs) {
        return new Run(setup.rules().timer());
      }
      start(actions.get(at++), nowPs);
      if (touching != null) {
        return touch();
      }
    }
    return queued.isEmpty() ? afterAll(nowPs) : take();
  }

  /** An idle CPU still has its timer. */
  private Step afterAll(long nowPs) {
    long timerPs = setup.rules().timerPs();
    if (timerPs == FlushRules.NEVER_PS) {
      return new Finish();
    }
    return timerPs <= nowPs ? new Run(setup.rules().timer()) : new Until(timerPs, true);
  }

  private Step take() {
    Step step = queued.removeFirst();
    awaitingGeneration =
        step instanceof Ask ask && ask.request() instanceof KernelCall.TakeUp;
    return step;
  }

  private void start(Action action, long nowPs) {
    if (action instanceof Action.TouchAll touch) {
      touching = touch.range().pages() > 0 ? touch : null;
      touchPage = touch.range().firstPage();
    } else if (action instanceof Action.Operate operate) {
      queued.add(new Run(new PathProgram(PathJob.of(operate), setup)));
    } else if (action instanceof Action.SpinUntil spin) {
      until(spin.atPs(), false);
    } else if (action instanceof Action.SpinFor spin) {
      spin(spin.durationPs(), nowPs);
    } else if (action instanceof Action.SleepUntil sleep) {
      sleep(sleep.atPs(), nowPs);
    } else if (action instanceof Action.SleepFor sleep) {
      sleep(nowPs + sleep.durationPs(), nowPs);
    } else if (action instanceof Action.SwitchTo switchTo) {
      takeUp(switchTo.mm());
    } else if (action instanceof Action.GoIdle) {
      if (loaded >= 0) {
        goLazy();
      }
    } else {
      meet(action);
    }
  }

  private void meet(Action action) {
    if (!map.meets()) {
      throw new IllegalStateException("cpu " + cpu + " meets others, but has no rendezvous");
    }
    if (action instanceof Action.Signal signal) {
      queued.add(new Tell(map.rendezvous(), new KernelCall.Signal(signal.name())));
    } else if (action instanceof Action.Await gate) {
      queued.add(
          new Ask(map.rendezvous(), new KernelCall.Await(gate.name()), Account.USER));
    } else if (action instanceof Action.Barrier barrier) {
      queued.add(
          new Ask(
              map.rendezvous(), new KernelCall.Barrier(barrier.name(), barrier.count()),
              Account.USER));
    }
  }

  private void sleep(long untilPs, long nowPs) {
    if (untilPs <= nowPs) {
      return;
    }
    if (loaded >= 0) {
      goLazy();
    }
    until(untilPs, true);
    if (loaded >= 0) {
      takeUp(loaded);
    }
  }

  /** The timer comes in between. */
  private void until(long untilPs, boolean idle) {
    long timerPs = setup.rules().timerPs();
    if (timerPs < untilPs) {
      queued.add(new Until(timerPs, idle));
      queued.add(new Run(setup.rules().timer()));
    }
    queued.add(new Until(untilPs, idle));
  }

  /** Work of that length, which interrupts prolong; the timer comes in between. */
  private void spin(long durationPs, long nowPs) {
    long beforePs = Math.min(durationPs, setup.rules().timerPs() - nowPs);
    queued.add(new Spend(Account.USER, beforePs));
    if (beforePs < durationPs) {
      queued.add(new Run(setup.rules().timer()));
      queued.add(new Spend(Account.USER, durationPs - beforePs));
    }
  }

  private void goLazy() {
    queued.add(new Tell(map.addressSpace(loaded), new KernelCall.GoLazy(cpu)));
    queued.add(new BeLazy());
  }

  private void takeUp(int mm) {
    queued.add(new Interrupts(false));
    if (loaded >= 0 && loaded != mm) {
      queued.add(
          new Tell(
              map.addressSpace(loaded),
              setup.rules().leavesMask()
                  ? new KernelCall.Leave(cpu) : new KernelCall.GoLazy(cpu)));
    }
    loaded = mm;
    queued.add(
        new Ask(map.addressSpace(mm), new KernelCall.TakeUp(cpu), Account.SOFTWARE));
  }

  private Step touch() {
    return new Touch(touching.mm(), touchPage, touching.access());
  }

  /** The next touch, the fault that the last one needs, or null when the range is done. */
  private Step afterTouch(Outcome last) {
    if (last instanceof Faulted) {
      fault = new FaultProgram(
          touching.mm(), touchPage, touching.access() == Access.WRITE, setup);
      return new Run(fault);
    }
    if (fault != null) {
      boolean givenUp = fault.answer() == FaultHandlers.Answer.REFUSED || ++tries == TRIES;
      fault = null;
      if (!givenUp) {
        return touch();
      }
      queued.add(
          new Note(
              new MachineFact.Denied(
                  touching.mm(), touchPage, touching.access() == Access.WRITE)));
    }
    tries = 0;
    touchPage++;
    if (touchPage < touching.range().endPage()) {
      return queued.isEmpty() ? touch() : take();
    }
    touching = null;
    return queued.isEmpty() ? null : take();
  }
}

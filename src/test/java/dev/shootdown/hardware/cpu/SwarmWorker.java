package dev.shootdown.hardware.cpu;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayDeque;
import java.util.List;

/** A program that touches, changes, switches and sleeps at random, as kernels order these steps. */
final class SwarmWorker implements Program {
  private static final int ACTIONS = 60;
  private static final PageRange EMPTY = new PageRange(0, 0);

  private final int cpu;
  private final Dice dice;
  private final KernelMap map;
  private final FlushRules rules;
  private final SwarmKernel kernel;
  private final ArrayDeque<Step> queued = new ArrayDeque<>();
  private int actions;
  private int loaded = -1;
  private boolean lazy;
  private boolean takingUp;
  private KernelCall.TableVisit changing;
  private boolean over;

  SwarmWorker(int cpu, Dice dice, KernelMap map, FlushRules rules, SwarmKernel kernel) {
    this.cpu = cpu;
    this.dice = dice;
    this.map = map;
    this.rules = rules;
    this.kernel = kernel;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (last instanceof Began began) {
      FlushRules.Job job = new FlushRules.Job(
          began.operation(), loaded, changing.range(),
          changing.visit() == KernelCall.Visit.MOVE);
      queued.add(new Ask(map.table(loaded), changing, Account.PTE_WORK));
      queued.add(new Run(rules.cpuFlush(job)));
      queued.add(new End());
    } else if (takingUp && last instanceof Answered answered) {
      takingUp = false;
      queued.add(new Load(loaded, ((KernelCall.Generation) answered.result()).generation()));
      queued.add(new Interrupts(true));
    }
    while (queued.isEmpty() && actions < ACTIONS) {
      actions++;
      act();
    }
    over = queued.isEmpty();
    return over ? new Finish() : queued.removeFirst();
  }

  private void act() {
    if (loaded < 0) {
      takeUp(dice.below(SwarmKernel.SPACES));
    } else if (lazy) {
      if (dice.chance(0.5) && kernel.isLoaded(cpu, loaded)) {
        touch(Access.READ); // a walk that nobody asked for
      } else {
        takeUp(dice.chance(0.7) ? loaded : 1 - loaded);
      }
    } else if (dice.chance(0.6)) {
      touch(dice.chance(0.4) ? Access.WRITE : Access.READ);
    } else if (dice.chance(0.5)) {
      operate();
    } else if (dice.chance(0.5)) {
      lazy = true;
      queued.add(new Tell(map.addressSpace(loaded), new KernelCall.GoLazy(cpu)));
      queued.add(new BeLazy());
    } else if (dice.chance(0.3)) {
      takeUp(1 - loaded);
    } else {
      queued.add(new Interrupts(false));
      queued.add(new Spend(Account.SOFTWARE, 1 + dice.below(3_000_000)));
      queued.add(new Interrupts(true));
    }
  }

  private void takeUp(int mm) {
    queued.add(new Interrupts(false));
    if (loaded >= 0 && loaded != mm) {
      queued.add(new Tell(map.addressSpace(loaded), new KernelCall.Leave(cpu)));
    }
    loaded = mm;
    lazy = false;
    takingUp = true;
    queued.add(new Ask(map.addressSpace(mm), new KernelCall.TakeUp(cpu), Account.SOFTWARE));
  }

  private void touch(Access access) {
    long page = dice.below(SwarmKernel.GROUPS) * 512L + dice.below(SwarmKernel.PAGES);
    queued.add(new Touch(loaded, page, access));
  }

  /** New frames for a few pages, dirty bits cleared, or a new page-table page for a group. */
  private void operate() {
    long group = dice.below(SwarmKernel.GROUPS) * 512L;
    PageRange few = new PageRange(group + dice.below(SwarmKernel.PAGES), 1 + dice.below(2));
    KernelCall.Visit visit = List.of(
        KernelCall.Visit.CLEAR, KernelCall.Visit.PROTECT, KernelCall.Visit.MOVE)
        .get(dice.below(3));
    PageRange range = visit == KernelCall.Visit.MOVE ? new PageRange(group, 512) : few;
    changing = new KernelCall.TableVisit(visit, range, EMPTY, List.of(), 0, false);
    queued.add(new Begin("change", loaded, range));
  }
}

package dev.shootdown.kernel.mm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;

/**
 * The lock domains of a small machine on one clock, and CPUs that run programs against them: no
 * TLB, no interrupts, a walk for each touch. Messages take a few ps, drawn if there are dice, and
 * keep their order from one sender to one receiver.
 */
final class MiniKernel {
  private static final int CPUS = 4;
  private static final int STEPS_MOST = 2_000_000;

  final KernelMap map;
  private final Dice dice;
  private final TreeMap<Integer, Domain<?>> domains = new TreeMap<>();
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final TreeMap<String, Long> lastAtPs = new TreeMap<>();
  private final List<Stated> stated = new ArrayList<>();
  private final TreeMap<Integer, Running> atCpu = new TreeMap<>();
  private long nowPs;
  private long sequence;

  /** A fact, when, and where: a domain's number, or −1 − the CPU's. */
  record Stated(long atPs, int place, Fact fact) {}

  private record Due(long atPs, long sequence, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return atPs != other.atPs
          ? Long.compare(atPs, other.atPs) : Long.compare(sequence, other.sequence);
    }
  }

  private record Domain<C>(
      PartHarness<C> part, RecordingCtx<C> ctx, Function<KernelCall.ToKernel, C> wrap) {
    void hear(KernelCall.ToKernel message) {
      part.tell(wrap.apply(message));
    }
  }

  MiniKernel(KernelMap map, Dice dice) {
    this.map = map;
    this.dice = dice;
  }

  /** One process, a file, an anonymous reverse map and a rendezvous. */
  static MiniKernel small(Map<Long, PageTable.Leaf> leaves, AddressSpace.Area... areas) {
    MiniKernel kernel =
        new MiniKernel(
            new KernelMap(2, 1, List.of(0, 0), List.of(List.of(), List.of()), true), null);
    kernel.spaces(List.of(areas), leaves);
    kernel.frames(1_000, List.of());
    return kernel;
  }

  /** All address spaces get the areas; the first gets the entries. */
  void spaces(List<AddressSpace.Area> areas, Map<Long, PageTable.Leaf> leaves) {
    for (int mm = 0; mm < map.spaces(); mm++) {
      int number = mm;
      this.<AddressSpace.Command>add(
          map.addressSpace(mm), ctx -> AddressSpace.create(areas, ctx),
          AddressSpace.Arrived::new);
      this.<PageTable.Command>add(
          map.table(mm),
          ctx -> PageTable.create(
              number, number == 0 ? leaves : new TreeMap<>(), 100L * number, ctx),
          PageTable.Arrived::new);
    }
    for (int file = 0; file < map.files(); file++) {
      add(map.file(file), ReverseMap::create, ReverseMap.Arrived::new);
    }
    for (int index = 0; index < map.anonMapCount(); index++) {
      add(map.anonMap(index), ReverseMap::create, ReverseMap.Arrived::new);
    }
    if (map.meets()) {
      add(map.rendezvous(), Rendezvous::create, Rendezvous.Arrived::new);
    }
  }

  void frames(long firstPfn, List<FrameTable.InUse> special) {
    this.<FrameTable.Command>add(
        map.frames(), ctx -> FrameTable.create(firstPfn, special, ctx),
        FrameTable.Arrived::new);
  }

  <C> void add(
      int number, Function<Ctx<C>, Behavior<C>> create, Function<KernelCall.ToKernel, C> wrap) {
    RecordingCtx<C> ctx =
        new RecordingCtx<C>("d" + number).withPorts("cpus", CPUS).withPorts("walkers", CPUS);
    domains.put(number, new Domain<>(new PartHarness<>(ctx, create), ctx, wrap));
  }

  /** Starts a program on a CPU. */
  Running start(int cpu, Program program) {
    Running running = new Running(cpu, program);
    in(0, "start " + cpu, () -> running.advance(new Program.Done()));
    return running;
  }

  /** Starts it and lets all happen that follows. */
  Running run(int cpu, Program program) {
    Running running = start(cpu, program);
    settle();
    return running;
  }

  /** Lets everything happen that is going to. */
  void settle() {
    for (int i = 0; i < STEPS_MOST; i++) {
      long timerPs = Long.MAX_VALUE;
      Domain<?> next = null;
      for (Domain<?> domain : domains.values()) {
        long duePs = domain.ctx().nextTimerPs();
        if (duePs < timerPs) {
          timerPs = duePs;
          next = domain;
        }
      }
      if (next == null && queue.isEmpty()) {
        return;
      }
      if (next != null && (queue.isEmpty() || timerPs <= queue.peek().atPs())) {
        advanceTo(timerPs);
        next.part().runNextTimer();
      } else {
        Due due = queue.remove();
        advanceTo(due.atPs());
        due.what().run();
      }
      collect();
    }
    throw new IllegalStateException("it never comes to rest");
  }

  private void advanceTo(long atPs) {
    nowPs = Math.max(nowPs, atPs);
    domains.values().forEach(domain -> domain.part().advanceTo(nowPs));
  }

  private void collect() {
    domains.forEach(
        (number, domain) -> {
          domain.part().takeMarks().forEach(
              fact -> stated.add(new Stated(nowPs, number, fact)));
          domain.part().takeSent("cpus").forEach(
              sent -> in(
                  delayPs(), "reply " + number + " " + sent.member(),
                  () -> atCpu.get(sent.member()).on((KernelCall.Reply) sent.message())));
        });
  }

  private long delayPs() {
    return dice == null ? 5 : 1 + dice.below(40);
  }

  private void in(long delayPs, String way, Runnable what) {
    long atPs = Math.max(nowPs + delayPs, lastAtPs.getOrDefault(way, 0L));
    lastAtPs.put(way, atPs);
    queue.add(new Due(atPs, sequence++, what));
  }

  /** What a walker finds now. */
  PageWalk.Entry walk(int mm, long page, boolean write, long table) {
    Domain<?> domain = domains.get(map.table(mm));
    @SuppressWarnings("unchecked")
    PartHarness<PageTable.Command> part = (PartHarness<PageTable.Command>) domain.part();
    part.tell(
        new PageTable.Walked(new PageWalk.Walk(0, 1, mm, page, write, table)));
    return part.take("walkers", PageWalk.Entry.class).get(0);
  }

  PageWalk.Entry walk(long page) {
    return walk(0, page, false, -1);
  }

  /** Asks a domain outside any program. */
  KernelCall.Result ask(int domain, KernelCall.Request request) {
    List<KernelCall.Result> answer = new ArrayList<>();
    run(3, new Program() {
      private boolean asked;

      @Override
      public Step next(Outcome last, long atPs) {
        if (asked) {
          answer.add(((Answered) last).result());
          return new Finish();
        }
        asked = true;
        return new Ask(domain, request, Account.SOFTWARE);
      }
    });
    return answer.get(0);
  }

  KernelCall.FrameState frame(long pfn) {
    KernelCall.FrameStates states =
        (KernelCall.FrameStates) ask(map.frames(), new KernelCall.Inspect(List.of(pfn)));
    return states.frames().get(0);
  }

  /** The facts of one kind, in order. */
  <F extends Fact> List<F> facts(Class<F> type) {
    return stated.stream().map(Stated::fact).filter(type::isInstance).map(type::cast).toList();
  }

  /** When the facts of one kind were stated. */
  List<Long> timesPs(Class<? extends Fact> type) {
    return stated.stream()
        .filter(each -> type.isInstance(each.fact())).map(Stated::atPs).toList();
  }

  List<String> breaches() {
    return facts(MachineFact.ProtocolBreach.class).stream()
        .map(MachineFact.ProtocolBreach::rule).toList();
  }

  /** A program under way on a CPU. */
  final class Running {
    final List<Program.Step> steps = new ArrayList<>();
    private final int cpu;
    private final ArrayDeque<Program> calls = new ArrayDeque<>();
    private long operation = -1;
    private long operations;
    private long ticket;
    private boolean over;

    Running(int cpu, Program program) {
      this.cpu = cpu;
      calls.addLast(program);
      atCpu.put(cpu, this);
    }

    boolean isOver() {
      return over;
    }

    void on(KernelCall.Reply reply) {
      if (reply.ticket() == ticket) {
        advance(new Program.Answered(reply.result()));
      }
    }

    void advance(Program.Outcome outcome) {
      Program.Outcome last = outcome;
      while (last != null && !calls.isEmpty()) {
        Program.Step step = calls.getLast().next(last, nowPs);
        last = new Program.Done();
        if (step instanceof Program.Run inner) {
          calls.addLast(inner.program());
        } else if (step instanceof Program.Finish) {
          calls.removeLast();
          over = calls.isEmpty();
        } else {
          steps.add(step);
          last = take(step);
        }
      }
    }

    private Program.Outcome take(Program.Step step) {
      if (step instanceof Program.Ask ask) {
        ticket++;
        send(ask.domain(), new KernelCall.Call(cpu, operation, ticket, ask.request()));
        return null;
      } else if (step instanceof Program.Tell tell) {
        send(tell.domain(), new KernelCall.Post(cpu, operation, tell.request()));
      } else if (step instanceof Program.Spend spend) {
        in(spend.durationPs(), "cpu " + cpu, () -> advance(new Program.Done()));
        return null;
      } else if (step instanceof Program.Begin) {
        operation = (long) cpu << 40 | ++operations;
        return new Program.Began(operation);
      } else if (step instanceof Program.End) {
        operation = -1;
      } else if (step instanceof Program.Note note) {
        stated.add(new Stated(nowPs, -1 - cpu, note.fact()));
      }
      return new Program.Done();
    }

    private void send(int domain, KernelCall.ToKernel message) {
      in(delayPs(), "call " + cpu + " " + domain, () -> domains.get(domain).hear(message));
    }
  }
}

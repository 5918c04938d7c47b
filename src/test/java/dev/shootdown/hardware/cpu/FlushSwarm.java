package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.arch.Arch;
import dev.shootdown.kernel.arch.ArchRules;
import dev.shootdown.kernel.arch.ArchSpec;
import dev.shootdown.kernel.arch.Place;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Several CPUs under one architecture's rules, a page table that they change and use at random, and
 * a messenger that keeps order only where a wire does. Time hardly matters: who is next is drawn.
 */
final class FlushSwarm {
  private static final int CPUS = 6;
  private static final int STEPS_MOST = 200_000;

  /** What is to be run. */
  record Setup(Arch arch, ArchSpec rules, CpuSpec cpu) {}

  /**
   * Messages of one wire. Page walks may overtake each other, nothing else may; and they take long,
   * so that flushes overtake them.
   */
  private record Wire(boolean ordered, ArrayDeque<Runnable> messages) {}

  private final Dice dice;
  private final double walksComeThrough;
  private final SwarmKernel kernel;
  private final List<PartHarness<Cpu.Command>> cpus = new ArrayList<>();
  private final List<SwarmWorker> workers = new ArrayList<>();
  private final PartHarness<Dvm.Command> dvm;
  private final Map<String, Wire> wires = new TreeMap<>();
  private final List<Fact> facts = new ArrayList<>();

  FlushSwarm(long seed, Setup setup) {
    this.dice = Dice.of(seed, "flushes");
    // A CPU that is taken away at any moment would never see the end of a slow walk.
    this.walksComeThrough = setup.cpu().preemption().lengthPs() > 0 ? 1 : 0.05;
    this.kernel = new SwarmKernel(CPUS);
    this.dvm = new PartHarness<>(
        new RecordingCtx<Dvm.Command>("dvm").withPorts("cpus", CPUS),
        ctx -> Dvm.create(new DvmSpec(20_000, 40_000), ctx));
    KernelMap map = new KernelMap(SwarmKernel.SPACES, 0);
    for (int i = 0; i < CPUS; i++) {
      ArchRules rules = ArchRules.of(setup.arch(), setup.rules(), new Place(
          i, CPUS, map, Era.B, job -> (last, nowPs) -> new Program.Finish()));
      SwarmWorker worker = new SwarmWorker(
          i, Dice.of(seed, "worker" + i), map, rules.rules(), kernel);
      workers.add(worker);
      CpuLayout layout = new CpuLayout(i, worker, rules.handler());
      cpus.add(new PartHarness<>(
          new RecordingCtx<Cpu.Command>("cpu" + i).withPorts("cpus", CPUS)
              .withPorts("domains", map.size()).withPorts("tables", SwarmKernel.SPACES)
              .withPorts("dvm", 1),
          ctx -> Cpu.create(setup.cpu(), layout, ctx)));
    }
  }

  /** Runs to the end; returns what went wrong. */
  List<String> run() {
    for (int i = 0; i < STEPS_MOST; i++) {
      if (!step()) {
        workers.stream().filter(worker -> !worker.isOver())
            .forEach(worker -> kernel.violations().add("a program got stuck"));
        return kernel.violations();
      }
    }
    kernel.violations().add("no end");
    return kernel.violations();
  }

  /** Everything that was stated, in order. */
  List<Fact> facts() {
    return facts;
  }

  private boolean step() {
    List<Runnable> choices = new ArrayList<>();
    for (int i = 0; i < CPUS; i++) {
      int cpu = i;
      if (cpus.get(i).hasTimers()) {
        choices.add(() -> {
          cpus.get(cpu).runNextTimer();
          collect(cpu);
        });
      }
    }
    if (dvm.hasTimers()) {
      choices.add(() -> {
        dvm.runNextTimer();
        collectDvm();
      });
    }
    boolean alsoSlow = dice.chance(walksComeThrough);
    wires.values().stream()
        .filter(wire -> !wire.messages().isEmpty() && (wire.ordered() || alsoSlow))
        .forEach(wire -> choices.add(() -> deliver(wire)));
    if (choices.isEmpty()) {
      return wires.values().stream().anyMatch(wire -> !wire.messages().isEmpty());
    }
    choices.get(dice.below(choices.size())).run();
    return true;
  }

  private void deliver(Wire wire) {
    for (int skip = wire.ordered() ? 0 : dice.below(wire.messages().size()); skip > 0; skip--) {
      wire.messages().addLast(wire.messages().removeFirst());
    }
    wire.messages().removeFirst().run();
  }

  private void put(String wire, boolean ordered, Runnable delivery) {
    wires.computeIfAbsent(wire, key -> new Wire(ordered, new ArrayDeque<>()))
        .messages().addLast(delivery);
  }

  private void tell(int cpu, Cpu.Command command) {
    cpus.get(cpu).tell(command);
    collect(cpu);
  }

  /** Puts what the CPU said on its wires, and looks at what it stated. */
  private void collect(int cpu) {
    PartHarness<Cpu.Command> part = cpus.get(cpu);
    part.takeSent("cpus").forEach(sent -> put(cpu + " to " + sent.member(), true,
        () -> tell(sent.member(), new Cpu.Interrupted((Ipi) sent.message()))));
    part.takeSent("dvm").forEach(sent -> put(cpu + " to dvm", true, () -> {
      dvm.tell(new Dvm.Arrived((Broadcast.ToInterconnect) sent.message()));
      collectDvm();
    }));
    part.takeSent("tables").forEach(sent -> put(cpu + " walks", false, () -> {
      PageWalk.Entry entry = kernel.walk((PageWalk.Walk) sent.message());
      put("walked " + cpu, false, () -> tell(cpu, new Cpu.TableAnswered(entry)));
    }));
    part.takeSent("domains").forEach(sent -> put(cpu + " to " + sent.member() + "k", true, () -> {
      if (sent.message() instanceof KernelCall.Call call) {
        KernelCall.Result result = kernel.call(sent.member() / 2, call);
        put("answers " + cpu, true, () -> tell(cpu, new Cpu.KernelAnswered(
            new KernelCall.Reply(call.ticket(), result, 0, 0, 0))));
      } else {
        kernel.post(sent.member() / 2, ((KernelCall.Post) sent.message()).request());
      }
    }));
    for (Fact fact : part.takeMarks()) {
      facts.add(fact);
      kernel.see(cpu, (MachineFact) fact);
    }
  }

  private void collectDvm() {
    dvm.takeSent("cpus").forEach(sent -> put("dvm to " + sent.member(), true,
        () -> tell(sent.member(), new Cpu.Snooped((Broadcast.ToCpu) sent.message()))));
    facts.addAll(dvm.takeMarks());
  }
}

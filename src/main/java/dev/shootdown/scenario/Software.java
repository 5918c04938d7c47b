package dev.shootdown.scenario;

import dev.shootdown.kernel.arch.ArchRules;
import dev.shootdown.kernel.arch.Place;
import dev.shootdown.kernel.iommu.FaultHandler;
import dev.shootdown.kernel.iommu.FlushQueue;
import dev.shootdown.kernel.iommu.IopfThread;
import dev.shootdown.kernel.iommu.PageFault;
import dev.shootdown.kernel.iommu.PageRequests;
import dev.shootdown.kernel.iommu.SecondaryDriver;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.kernel.mm.CpuWorkload;
import dev.shootdown.kernel.mm.FaultService;
import dev.shootdown.kernel.mm.KernelSetup;
import dev.shootdown.kernel.mm.Path;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.FaultHandlers;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.PasidRules;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The software of each CPU: its flush rules, and the program that it runs. */
final class Software {
  private final Scenario scenario;
  private final Numbering numbers;
  private final SecondaryDriver driver;
  private final Map<String, Path> paths;
  private final PasidRules pasids;
  private final boolean batching;
  private final Map<Path, Path> withoutPending = new IdentityHashMap<>();

  Software(Scenario scenario, Numbering numbers) {
    this.scenario = scenario;
    this.numbers = numbers;
    this.driver = Drivers.of(scenario, numbers);
    this.paths = new TreeMap<>(scenario.kernel().paths());
    this.pasids = Drivers.pasids(scenario, numbers);
    this.batching = isBatching();
    if (!batching) {
      paths.replaceAll((name, path) -> withoutPending(path));
      // Filled before CPUs ask, who may do so from several threads.
      scenario.work().values().stream().flatMap(List::stream).forEach(
          action -> {
            if (action instanceof Action.Operate operate) {
              withoutPending.computeIfAbsent(operate.path(), Software::withoutPending);
            }
          });
    }
  }

  /** What one CPU runs, and how it flushes when others tell it to. */
  record OnCpu(Program program, FlushHandler handler) {}

  OnCpu on(int cpu) {
    Scenario.Kernel kernel = scenario.kernel();
    String name = scenario.machine().cpus().get(cpu).name();
    FlushQueue queue = new FlushQueue(driver, kernel.drivers().flushQueue());
    Place place =
        new Place(
            cpu, scenario.machine().cpus().size(), numbers.map, kernel.era(), driver::flush);
    ArchRules rules = ArchRules.of(kernel.arch(), kernel.archSpec(), place);
    FlushRules flushes =
        kernel.policy().defers()
            ? new DeferringRules(rules.rules(), queue) : rules.rules();
    KernelSetup setup =
        new KernelSetup(
            numbers.map, Tracing.onto(kernel), kernel.placement(), flushes, paths)
            .with(pasids);
    return new OnCpu(program(cpu, name, setup), rules.handler());
  }

  private Program program(int cpu, String name, KernelSetup setup) {
    if (scenario.servers().contains(name)) {
      return new IopfThread(
          requests(), handler(new FaultService(setup)),
          scenario.kernel().drivers().pageRequests(), Drivers.queues(scenario, numbers));
    }
    for (PartFamily family : scenario.machine().families()) {
      Optional<Program> server =
          family.server(name, numbers::domainOf, new FaultService(setup));
      if (server.isPresent()) {
        return server.get();
      }
    }
    List<Action> actions = new ArrayList<>();
    for (Action action : scenario.work().getOrDefault(name, List.of())) {
      actions.add(action instanceof Action.Operate operate ? operate(operate) : action);
    }
    return new CpuWorkload(cpu, actions, setup);
  }

  private Action.Operate operate(Action.Operate operate) {
    if (batching) {
      return operate;
    }
    Path path = withoutPending.get(operate.path());
    return new Action.Operate(
        path, operate.mm(), operate.range(), operate.to(), operate.file(), operate.child(),
        operate.pieces());
  }

  /** Whether any CPU queues entries for a batched flush. */
  private boolean isBatching() {
    return scenario.work().values().stream().flatMap(List::stream)
        .anyMatch(
            action ->
                action instanceof Action.Operate operate
                    && Numbering.uses(operate, Primitive.BATCH_ADD));
  }

  /** Nobody owes a batched flush, so that nobody has to look whether one is owed. */
  private static Path withoutPending(Path path) {
    return new Path(
        path.name(), path.title(), path.site(),
        path.steps().stream()
            .filter(step -> step.primitive() != Primitive.BATCHED_PENDING).toList());
  }

  private PageRequests requests() {
    int queue = numbers.faultQueue();
    return new PageRequests() {
      @Override
      public Program.Step take() {
        return new Program.Ask(queue, new KernelCall.TakePageRequests(), Account.SOFTWARE);
      }

      @Override
      public PageFault read(Program.Outcome outcome) {
        KernelCall.PageRequests taken =
            (KernelCall.PageRequests) ((Program.Answered) outcome).result();
        return new PageFault(
            taken.iommu(), taken.device(), taken.pasid(), taken.group(), taken.stalled(),
            taken.wants().stream()
                .map(want -> new PageFault.Want(want.page(), want.write())).toList(),
            taken.bound().mm(), taken.bound().still());
      }
    };
  }

  private static FaultHandler handler(FaultHandlers service) {
    return (mm, want) -> {
      FaultHandlers.Fault fault = service.fault(mm, want.page(), want.write());
      return new FaultHandler.Serving() {
        @Override
        public Program program() {
          return fault;
        }

        @Override
        public FaultHandler.Result result() {
          return fault.answer() == FaultHandlers.Answer.SERVED
              ? FaultHandler.Result.SUCCESS : FaultHandler.Result.INVALID;
        }
      };
    };
  }
}

package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.kernel.notifier.ShippedPolicies;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Inline paths against a small kernel, and what came of them in short words. */
final class Trip {
  static final Costs COSTS =
      new Costs(
          100, 700, 200, 500, 900, 500, 501, 30, 250, 60, 200,
          Optional.of(new WorkCosts(10, 11, 12, 13, 14, 15, 16, 17)));

  /** Pages 10 to 13, writable and written, in frames 110 to 113, in one private area. */
  static final PageRange FOUR = new PageRange(10, 4);

  final MiniKernel kernel;
  final TestRules rules;
  final KernelSetup setup;

  Trip(MiniKernel kernel, Placement placement, Path... paths) {
    this.kernel = kernel;
    this.rules = new TestRules(placement.era());
    TreeMap<String, Path> byName = new TreeMap<>();
    Stream.of(paths).forEach(path -> byName.put(path.name(), path));
    this.setup = new KernelSetup(kernel.map, COSTS, placement, rules, byName);
  }

  static Trip era(Era era) {
    return new Trip(four(), Placement.of(era));
  }

  static Trip policy(String policy) {
    Era era = policy.equals("arch") ? Era.C : Era.B;
    return new Trip(
        four(), new Placement(era, Architecture.X86, ShippedPolicies.of(policy)));
  }

  static Map<Long, PageTable.Leaf> leaves() {
    Map<Long, PageTable.Leaf> leaves = new TreeMap<>();
    for (long page = 10; page < 14; page++) {
      leaves.put(page, new PageTable.Leaf(100 + page, true));
    }
    return leaves;
  }

  static MiniKernel four() {
    return MiniKernel.small(
        leaves(), new AddressSpace.Area(new PageRange(0, 2048), true));
  }

  static Path path(String name, String... steps) {
    List<PathStep> parsed = Stream.of(steps).map(PathStep::parse).toList();
    return new Path(name, "a path of a test", "none", parsed);
  }

  static PathJob job(String... steps) {
    return PathJob.of(path("test", steps), 0, FOUR);
  }

  List<String> run(String... steps) {
    return run(job(steps));
  }

  List<String> run(PathJob job) {
    return words(kernel.run(0, new PathProgram(job, setup)).steps);
  }

  /** The steps in short words, without what every path has. */
  static List<String> words(List<Program.Step> steps) {
    List<String> words = new ArrayList<>();
    for (Program.Step step : steps) {
      if (step instanceof Program.Ask ask) {
        words.add(word(ask.request()));
      } else if (step instanceof Program.Tell tell) {
        words.add(word(tell.request()));
      } else if (step instanceof Program.Note note) {
        words.add(word(note.fact()));
      } else if (step instanceof Program.Spend spend) {
        words.add("spend " + spend.durationPs());
      }
    }
    words.removeIf(word -> word.equals("spend 100") || word.isEmpty());
    return words;
  }

  private static String word(KernelCall.Request request) {
    String name = request.getClass().getSimpleName();
    if (request instanceof KernelCall.TableVisit visit) {
      return visit.visit() + (visit.keepLock() ? " keep " : " ") + range(visit.range());
    }
    return name;
  }

  private static String word(MachineFact fact) {
    if (fact instanceof MachineFact.FlushBegan flush) {
      boolean cpu = flush.audience() == MachineFact.Audience.CPU;
      return (cpu ? "cpu " : "sec ") + range(flush.requested());
    } else if (fact instanceof MachineFact.FlushEnded) {
      return "";
    }
    return fact.getClass().getSimpleName();
  }

  static String range(PageRange range) {
    return range.isAll() ? "all" : range.firstPage() + "+" + range.pages();
  }
}

package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.Program.Note;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Where an architecture's rules are at work.
 *
 * @param cpu number of the CPU that they run on
 * @param cpus how many CPUs there are
 * @param secondary the IOMMU driver's flush
 */
public record Place(
    int cpu, int cpus, KernelMap map, Era era, Function<FlushRules.Job, Program> secondary) {
  /** The IOMMU driver's flush; of an address space that was released it hears no more. */
  @Override
  public Function<FlushRules.Job, Program> secondary() {
    return job ->
        job.binding() == FlushRules.Binding.RELEASED
            ? Sequence.nothing() : secondary.apply(job);
  }

  /** SEC-INV of {@code range}, for era C; a step to run. */
  Program.Step secondary(FlushRules.Job job, PageRange range) {
    return new Program.Run(secondary().apply(job.over(range)));
  }

  /** Whether the CPU flush contains the secondary one. */
  boolean isSecondaryInside() {
    return era == Era.C;
  }

  /** An empty interrupt to all other CPUs; over when all have taken it. */
  Program syncWalkers() {
    List<Integer> others = new ArrayList<>();
    for (int other = 0; other < cpus; other++) {
      if (other != cpu) {
        others.add(other);
      }
    }
    return new Sequence(
        List.of(
            new Program.Interrupt(others, FlushHandler.Flush.ofNothing()),
            new Program.AwaitAcks()));
  }

  static Note began(FlushRules.Job job, PageRange flushed, int targets) {
    return new Note(
        new MachineFact.FlushBegan(
            job.operation(), MachineFact.Audience.CPU, job.mm(), job.range(), flushed, targets));
  }

  static Note ended(FlushRules.Job job) {
    return new Note(new MachineFact.FlushEnded(job.operation(), MachineFact.Audience.CPU));
  }

  /** How many entries of its size a range has. */
  static long strides(FlushRules.Job job) {
    return job.range().pages() + (1L << job.strideOrder()) - 1 >> job.strideOrder();
  }
}

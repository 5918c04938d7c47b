package dev.shootdown.kernel.iommu;

import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Several drivers on one machine: each is called in turn, as notifiers on one list are. */
public final class CompositeDriver implements SecondaryDriver {
  private final List<SecondaryDriver> drivers;

  /** All of {@code drivers}, called in this order. */
  public CompositeDriver(List<? extends SecondaryDriver> drivers) {
    this.drivers = List.copyOf(drivers);
  }

  @Override
  public Program flush(FlushRules.Job job) {
    return inTurn(driver -> driver.flush(job));
  }

  @Override
  public Program defer(FlushRules.Job job) {
    return inTurn(driver -> driver.defer(job));
  }

  private Program inTurn(Function<SecondaryDriver, Program> call) {
    List<Program.Step> steps = new ArrayList<>();
    drivers.forEach(driver -> steps.add(new Program.Run(call.apply(driver))));
    return new StepList(steps);
  }
}

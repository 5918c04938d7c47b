package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;
import java.util.Iterator;

/**
 * A driver under another rule for ranges. Taking an address space away from devices stays as the
 * driver does it.
 */
public final class RangedDriver implements SecondaryDriver {
  private final SecondaryDriver driver;
  private final RangeRule rule;

  private RangedDriver(SecondaryDriver driver, RangeRule rule) {
    this.driver = driver;
    this.rule = rule;
  }

  /** {@code driver} under {@code rule}. */
  public static SecondaryDriver of(SecondaryDriver driver, RangeRule rule) {
    return rule.kind() == RangeRule.Kind.DRIVER ? driver : new RangedDriver(driver, rule);
  }

  @Override
  public Program flush(FlushRules.Job job) {
    if (job.binding() != FlushRules.Binding.BOUND) {
      return driver.flush(job);
    }
    Iterator<PageRange> ranges = rule.ranges(job.range()).iterator();
    return (last, nowPs) ->
        ranges.hasNext()
            ? new Program.Run(driver.flush(job.over(ranges.next()))) : new Program.Finish();
  }
}

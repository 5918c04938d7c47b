package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Program;
import java.util.List;

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
    return new RangeByRange(job, rule.ranges(job.range()));
  }

  /** The driver's flush of each range in turn. */
  private final class RangeByRange implements Program {
    private final FlushRules.Job job;
    private final List<PageRange> ranges;
    private int at;

    RangeByRange(FlushRules.Job job, List<PageRange> ranges) {
      this.job = job;
      this.ranges = ranges;
    }

    @Override
    public Step next(Outcome last, long nowPs) {
      return at < ranges.size()
          ? new Run(driver.flush(job.over(ranges.get(at++)))) : new Finish();
    }
  }
}

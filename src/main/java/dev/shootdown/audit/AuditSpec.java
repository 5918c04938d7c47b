package dev.shootdown.audit;

import com.typesafe.config.ConfigObject;
import dev.shootdown.kernel.notifier.Era;
import java.util.List;
import java.util.Map;

/**
 * What can be audited.
 *
 * @param rows in the catalogue's order
 * @param columns by era, what was shipped first
 * @param consumers in their order, absent ones included
 * @param common what the user's files set beside the audit
 * @param base what every cell has
 * @param overrides {@code path=value}, above everything
 * @param policies the names of all policies, the user's own included
 * @param steps by path[+variant] and era and architecture, how many steps there are
 */
public record AuditSpec(
    List<Row> rows, List<Column> columns, List<Consumer> consumers, ScheduleSpec schedules,
    ConfigObject common, ConfigObject base, List<String> overrides,
    List<String> policies, Steps steps, String hash8) {
  /** How many steps a path has in a kernel. */
  public record Steps(Map<String, Integer> byKernel) {
    /** Whether the path does anything there. */
    boolean has(String path, Era era, String arch) {
      return byKernel.getOrDefault(key(path, era, arch), 0) > 0;
    }

    static String key(String path, Era era, String arch) {
      return path + " " + era + " " + arch;
    }
  }

  /** Consumers that can be run. */
  public List<Consumer> present() {
    return consumers.stream().filter(consumer -> consumer.absent().isEmpty()).toList();
  }

  /** The same with at most {@code budget} schedules a cell. */
  public AuditSpec withBudget(int budget) {
    return new AuditSpec(
        rows, columns, consumers, schedules.withBudget(budget), common, base, overrides,
        policies, steps, hash8);
  }
}

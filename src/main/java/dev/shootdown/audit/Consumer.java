package dev.shootdown.audit;

import com.typesafe.config.ConfigObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who holds translations beside the CPUs.
 *
 * @param order its place among the consumers
 * @param absent why there is none; empty if there is
 * @param archs architectures that it is found on, its own first
 * @param notInEra by era, why there is none
 * @param setup what it adds to a scenario
 */
public record Consumer(
    Heading heading, int order, Optional<String> absent, List<String> archs,
    Map<String, String> notInEra, Setup setup) {
  /** How it is called. */
  public record Heading(String name, String title) {}

  /**
   * What it adds to a scenario.
   *
   * @param devices those that the first process is bound to
   * @param byEra what it sets beside {@code overlay} in an era
   * @param into the list that gets an entry for each access
   * @param entry that entry, without area, page and access
   * @param afterQueue a further entry for each access where flushes are queued, so that somebody
   *     is still at work when the queue is flushed; empty for none
   */
  public record Setup(
      List<String> devices, ConfigObject overlay, Map<String, ConfigObject> byEra, String into,
      ConfigObject entry, ConfigObject afterQueue) {}

  /** Its name. */
  public String name() {
    return heading.name();
  }
}

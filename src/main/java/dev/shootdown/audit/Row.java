package dev.shootdown.audit;

import com.typesafe.config.ConfigObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call site with the template that its danger needs.
 *
 * @param path the path, or one of its variants: {@code mremap+h}
 * @param operation the kind of operation whose cost is measured
 * @param accesses what the consumer accesses, again and again
 * @param requests secondary invalidation requests that the formulae say, by {@code ERA} or {@code
 *     ERA-ARCHITECTURE}
 * @param overlay the scenario's keys
 */
public record Row(
    Heading heading, String path, String operation, List<Access> accesses,
    Map<String, Integer> requests, ConfigObject overlay) {
  /**
   * How it is called.
   *
   * @param site number in the catalogue, with the variant: {@code C5h}
   * @param absent why there is nothing to run; empty if there is
   */
  public record Heading(String name, String site, String title, Optional<String> absent) {}

  /** A page that a consumer accesses, for {@code read} or {@code write}. */
  public record Access(String area, int page, String access) {}

  /** Its name. */
  public String name() {
    return heading.name();
  }

  /** Why there is nothing to run; empty if there is. */
  public Optional<String> absent() {
    return heading.absent();
  }

  /** What the formulae say about {@code era} on {@code arch}, if they say anything. */
  Optional<Integer> requests(String era, String arch) {
    Integer exact = requests.get(era + "-" + arch);
    return Optional.ofNullable(exact != null ? exact : requests.get(era));
  }
}

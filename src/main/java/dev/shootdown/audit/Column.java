package dev.shootdown.audit;

import com.typesafe.config.ConfigObject;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Policy;
import java.util.Optional;

/**
 * A kernel: where it flushes secondary TLBs.
 *
 * @param arch its architecture; empty for the consumer's own
 * @param overlay what else it sets
 */
public record Column(
    String name, String title, Era era, Policy policy, Optional<String> arch,
    ConfigObject overlay) {
  /** Whether this is what the era shipped. */
  boolean isShipped() {
    return policy.keepsOwnSteps();
  }
}

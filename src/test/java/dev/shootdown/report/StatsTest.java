package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.trace.MachineFact;
import org.junit.jupiter.api.Test;

class StatsTest {
  @Test
  void shouldCountByComponentAndKindWhenFactsAreSeen() {
    Stats stats = new Stats();
    stats.seen(1, "dev1", new MachineFact.FillDiscarded(1, 5));
    stats.seen(2, "dev0", new MachineFact.FillDiscarded(1, 5));
    stats.seen(3, "dev0", new MachineFact.FillDiscarded(1, 6));
    stats.put("dev0", "queue_max", 4);
    assertThat(stats.byComponent()).hasToString(
        "{dev0={fill_discarded_count=2, queue_max=4}, dev1={fill_discarded_count=1}}");
  }
}

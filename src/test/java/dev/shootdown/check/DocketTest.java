package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DocketTest {
  private final Docket docket = new Docket();
  private final Scene scene = new Scene(docket);
  private final List<String> heard = new ArrayList<>();

  @Test
  void shouldCallOnlyThoseWhoAskedInTheirOrder() {
    docket.hear(MachineFact.Drained.class, (atPs, by, fact) -> heard.add("first " + by.name));
    docket.hear(MachineFact.Denied.class, (atPs, by, fact) -> heard.add("denied"));
    docket.hear(
        MachineFact.Drained.class, (atPs, by, fact) -> heard.add("second " + fact.transfer()));
    scene.drains(1, "dev0", 3);
    assertThat(heard).containsExactly("first dev0", "second 3");
  }

  @Test
  void shouldKnowAComponentAgainWhenOthersSpokeInBetween() {
    List<Agent> agents = new ArrayList<>();
    docket.hear(MachineFact.Drained.class, (atPs, by, fact) -> agents.add(by));
    scene.drains(1, "dev0", 3).drains(2, "dev1", 3).drains(3, "dev0", 4);
    assertThat(agents.get(0)).isSameAs(agents.get(2)).isNotSameAs(agents.get(1));
  }

  @Test
  void shouldLearnTheKindFromWhatAComponentStates() {
    List<ComponentKind> kinds = new ArrayList<>();
    docket.hear(MachineFact.Drained.class, (atPs, by, fact) -> kinds.add(by.kind()));
    scene.drains(1, "a", 1).drains(1, "smmu7", 1).loads(2, "a").drains(3, "a", 1)
        .state(4, "b", new MachineFact.InvalidationSent(0, 1, PageRange.ALL, 0))
        .drains(5, "b", 1).subscribes(6, "c", PageRange.ALL).drains(7, "c", 1)
        .loads(8, "iommu-like-cpu").drains(9, "iommu-like-cpu", 1);
    assertThat(kinds)
        .containsExactly(
            ComponentKind.DEVICE, ComponentKind.IOMMU, ComponentKind.CPU, ComponentKind.IOMMU,
            ComponentKind.SUBSCRIBER, ComponentKind.CPU);
  }

  @Test
  void shouldBlameTheHolderOfTheTablesLockWhenSeveralWorkOnThePage() {
    PageRange range = PageRange.of(5);
    List<String> actors = new ArrayList<>();
    docket.books().changes().listen((change, mm, page, pfn) -> actors.add(change.actor()));
    scene.begins(0, "cpu1", 1, "munmap", range).begins(0, "cpu2", 2, "madvise", range)
        .state(1, "pagetable0", new MachineFact.LockTaken(2, "pagetable0", 1)).clears(5, 5, 7)
        .state(6, "pagetable0", new MachineFact.LockTaken(1, "pagetable0", 6)).clears(6, 5, 7)
        .clears(7, 5, 7);
    assertThat(actors).containsExactly("cpu2", "cpu1", "pagetable0");
  }
}

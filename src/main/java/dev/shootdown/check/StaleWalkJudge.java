package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Finds page-table pages that are freed while a walker can still go through them (invariant I2).
 *
 * <ol>
 *   <li>A walker knows a table from {@code WalkCached} until a {@code WalkDropped} overlaps it. A
 *       table's number, like a frame's, is never given out again within a run.
 *   <li>When the table is freed, no IOMMU and no device may know it; none may learn of it later.
 *   <li>A CPU may, as long as it doesn't walk through it: a lazy CPU drops what it knows before it
 *       walks again. So a CPU is judged when it walks.
 *   <li>A walk is inside the table from {@code WalkUsed} until the page table is read through it,
 *       {@code TableRead}. Whoever's walk it is, a table that is freed in between is read after it
 *       was freed.
 * </ol>
 *
 * <p>One finding per walker and table. Can't: walks from the root, which read the pointer to the
 * table and the table itself at one instant here.
 */
public final class StaleWalkJudge extends CaseJudge {
  private static final int KEPT_HISTORY = 1 << 16;

  /** What a walker knows. */
  private record Known(Agent walker, MachineFact.WalkCached fact, long cachedPs) {
    private Case.Subject subject() {
      return new Case.Subject(
          new StaleUse.Entry(
              walker.name, fact.mm(), fact.range().firstPage(), fact.table(),
              OptionalLong.of(cachedPs), OptionalLong.empty()),
          null);
    }
  }

  private record Walk(int mm, long page, long table) {}

  private final Recent<Walk, List<Agent>> inside = new Recent<>(KEPT_HISTORY);
  private final Map<Agent, List<Known>> byWalker = new LinkedHashMap<>();
  private final Map<Long, List<Known>> byTable = new LinkedHashMap<>();
  private final Recent<Long, StaleUse.Free> freed = new Recent<>(KEPT_HISTORY);

  /** A judge with books of its own. */
  public StaleWalkJudge() {
    this(new Docket());
  }

  StaleWalkJudge(Docket docket) {
    super(docket);
    docket.hear(MachineFact.WalkCached.class, this::onCached);
    docket.hear(
        MachineFact.WalkDropped.class, (atPs, by, fact) -> drop(by, fact.mm(), fact.range()));
    docket.hear(MachineFact.WalkUsed.class, this::onUsed);
    docket.hear(MachineFact.TableRead.class, this::onRead);
    docket.hear(MachineFact.TableFreed.class, this::onFreed);
  }

  private void onCached(long atPs, Agent by, MachineFact.WalkCached cached) {
    List<Known> own = byWalker.computeIfAbsent(by, absent -> new ArrayList<>());
    own.removeIf(
        known -> {
          boolean replaced =
              known.fact().mm() == cached.mm() && known.fact().range().equals(cached.range());
          if (replaced) {
            forget(known);
          }
          return replaced;
        });
    Known known = new Known(by, cached, atPs);
    own.add(known);
    byTable.computeIfAbsent(cached.table(), absent -> new ArrayList<>(2)).add(known);
    StaleUse.Free free = freed.get(cached.table());
    if (free != null && !by.isCpu()) {
      cases()
          .open(StaleUse.Kind.TABLE_CACHED_AFTER_FREE, by, known.subject(), free, atPs);
    }
  }

  private void drop(Agent by, int mm, PageRange range) {
    List<Known> own = byWalker.get(by);
    if (own != null) {
      own.removeIf(
          known -> {
            boolean gone = known.fact().mm() == mm && known.fact().range().overlaps(range);
            if (gone) {
              forget(known);
            }
            return gone;
          });
    }
  }

  private void forget(Known known) {
    List<Known> all = byTable.get(known.fact().table());
    all.remove(known);
    if (all.isEmpty()) {
      byTable.remove(known.fact().table());
    }
  }

  private void onFreed(long atPs, Agent by, MachineFact.TableFreed gone) {
    StaleUse.Free free = books().deed(atPs, by, gone.operation());
    freed.remember(gone.table(), free);
    for (Known known : byTable.getOrDefault(gone.table(), List.of())) {
      if (!known.walker().isCpu()) {
        cases()
            .open(
                StaleUse.Kind.TABLE_HELD_AT_FREE, known.walker(), known.subject(), free, atPs);
      }
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.WalkUsed used) {
    Walk walk = new Walk(used.mm(), used.page(), used.table());
    List<Agent> walkers = inside.get(walk);
    if (walkers == null) {
      walkers = new ArrayList<>(1);
      inside.remember(walk, walkers);
    }
    walkers.add(by);
    StaleUse.Free free = freed.get(used.table());
    if (free != null) {
      cases()
          .openUsed(
              StaleUse.Kind.TABLE_WALKED_AFTER_FREE, by, subject(by, used), free, atPs);
    }
  }

  private void onRead(long atPs, Agent by, MachineFact.TableRead read) {
    Walk walk = new Walk(read.mm(), read.page(), read.table());
    List<Agent> walkers = inside.get(walk);
    if (walkers == null) {
      return;
    }
    Agent walker = walkers.remove(0);
    if (walkers.isEmpty()) {
      inside.remove(walk);
    }
    StaleUse.Free free = freed.get(read.table());
    if (free != null) {
      MachineFact.WalkUsed used =
          new MachineFact.WalkUsed(read.mm(), read.page(), read.table());
      cases()
          .openUsed(
              StaleUse.Kind.TABLE_FREED_UNDER_WALK, walker, subject(walker, used), free, atPs);
    }
  }

  private Case.Subject subject(Agent by, MachineFact.WalkUsed used) {
    for (Known known : byTable.getOrDefault(used.table(), List.of())) {
      if (known.walker() == by && known.fact().mm() == used.mm()
          && known.fact().range().contains(used.page())) {
        return known.subject();
      }
    }
    return new Case.Subject(
        new StaleUse.Entry(
            by.name, used.mm(), used.page(), used.table(), OptionalLong.empty(),
            OptionalLong.empty()),
        null);
  }
}

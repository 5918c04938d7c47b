package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The children of an implicit registration (Linux 6.12, drivers/infiniband/hw/mlx5/odp.c).
 *
 * <ol>
 *   <li>The first fault in a stretch makes its child: the notifier first, then the key
 *       (implicit_get_child_mr). Faults that come meanwhile wait for it.
 *   <li>Where there is no child there is no notifier: invalidations don't call the driver.
 *   <li>An invalidation that takes a child's last page away takes the child with it
 *       (destroy_unused_implicit_child_mr). The next fault makes another.
 * </ol>
 *
 * <p>A child that a fault is under way in stays. Linux lets it go, so that what the fault fills is
 * out of the NIC's reach, and the NIC faults once more.
 */
final class ChildNotifiers implements Notifiers {
  private static final class Child {
    private final IntervalTree.Notifier notifier;
    private final List<Continuation.With<IntervalTree.Notifier>> waiting = new ArrayList<>();
    private boolean made;
    private int faults;

    private Child(IntervalTree.Notifier notifier) {
      this.notifier = notifier;
    }
  }

  private final HmmMirror mirror;
  private final MirrorDriver.OnDemand driver;
  private final Map<Long, Child> children = new TreeMap<>();

  ChildNotifiers(HmmMirror mirror, MirrorDriver.OnDemand driver) {
    this.mirror = mirror;
    this.driver = driver;
  }

  @Override
  public void open(long page, Continuation.With<IntervalTree.Notifier> next) {
    long number = (page - mirror.layout.range().firstPage()) / driver.childPages();
    Child child = children.get(number);
    if (child == null) {
      child = new Child(mirror.tree.insert(range(number)));
      children.put(number, child);
      Child making = child;
      mirror.after(driver.childPs(), () -> made(making));
    }
    child.faults++;
    if (child.made) {
      next.accept(child.notifier);
    } else {
      child.waiting.add(next);
    }
  }

  private static void made(Child child) {
    child.made = true;
    child.waiting.forEach(next -> next.accept(child.notifier));
    child.waiting.clear();
  }

  private PageRange range(long number) {
    PageRange all = mirror.layout.range();
    long firstPage = all.firstPage() + number * driver.childPages();
    return new PageRange(firstPage, Math.min(driver.childPages(), all.endPage() - firstPage));
  }

  @Override
  public void close(IntervalTree.Notifier notifier, Continuation next) {
    for (Child child : children.values()) {
      child.faults -= child.notifier == notifier ? 1 : 0;
    }
    next.run();
  }

  @Override
  public void zapped(PageRange range, int gone) {
    if (gone == 0) {
      return;
    }
    children.values().removeIf(child -> {
      boolean unused =
          child.faults == 0 && child.notifier.range().overlaps(range)
              && mirror.table.count(child.notifier.range()) == 0;
      if (unused) {
        mirror.tree.remove(child.notifier, () -> { });
      }
      return unused;
    });
  }
}

package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import java.util.function.Consumer;

/** One for each fault, as long as it lasts (nouveau_range_fault). */
final class FaultNotifiers implements Notifiers {
  private final IntervalTree tree;

  FaultNotifiers(IntervalTree tree) {
    this.tree = tree;
  }

  @Override
  public void open(long page, Consumer<IntervalTree.Notifier> next) {
    next.accept(tree.insert(PageRange.of(page)));
  }

  @Override
  public void close(IntervalTree.Notifier notifier, Runnable next) {
    tree.remove(notifier, next);
  }
}

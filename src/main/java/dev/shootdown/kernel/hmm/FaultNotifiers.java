package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;

/** One for each fault, as long as it lasts (nouveau_range_fault). */
final class FaultNotifiers implements Notifiers {
  private final IntervalTree tree;

  FaultNotifiers(IntervalTree tree) {
    this.tree = tree;
  }

  @Override
  public void open(long page, Continuation.With<IntervalTree.Notifier> next) {
    next.accept(tree.insert(PageRange.of(page)));
  }

  @Override
  public void close(IntervalTree.Notifier notifier, Continuation next) {
    tree.remove(notifier, next);
  }
}

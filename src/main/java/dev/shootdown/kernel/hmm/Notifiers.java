package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;

/** Which interval notifiers a mirror has, and when. */
interface Notifiers {
  /** Hands over the one that covers {@code page}, which a fault is about; perhaps later. */
  void open(long page, Continuation.With<IntervalTree.Notifier> next);

  /** The fault is over. */
  default void close(IntervalTree.Notifier notifier, Continuation next) {
    next.run();
  }

  /** Entries of {@code range} have been taken away, as many as {@code gone}. */
  default void zapped(PageRange range, int gone) {}

  /** Those of {@code mirror}'s driver. */
  static Notifiers of(HmmMirror mirror) {
    if (mirror.layout.driver() instanceof MirrorDriver.Nouveau) {
      return new FaultNotifiers(mirror.tree);
    }
    if (mirror.layout.driver() instanceof MirrorDriver.OnDemand onDemand
        && onDemand.childPages() > 0) {
      return new ChildNotifiers(mirror, onDemand);
    }
    IntervalTree.Notifier only = mirror.tree.insert(mirror.layout.range());
    return (page, next) -> next.accept(only);
  }
}

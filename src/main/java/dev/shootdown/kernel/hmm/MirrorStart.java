package dev.shootdown.kernel.hmm;

import dev.shootdown.engine.Continuation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.io.Serializable;
import java.util.List;

/**
 * The start callback of a notifier bracket.
 *
 * <ol>
 *   <li>A range that concerns no notifier is counted, and nothing else.
 *   <li>Where it may not sleep it refuses if the lock is taken, if it would have to wait for jobs
 *       (amdgpu), or always (mlx5, nouveau), and changes nothing.
 *   <li>Under the lock the sequence is taken over. A GPU that can stop its jobs loses the entries
 *       first and then forgets them; one that can't is waited for, and loses them then.
 *   <li>nouveau has the two halves of this in two callbacks, each with the lock for itself.
 * </ol>
 *
 * <p>Can't: other subscribers' callbacks between nouveau's two.
 */
final class MirrorStart {
  /** Where the answer goes. */
  interface Answer extends Serializable {
    /** The callback returns; it had the lock from {@code grantedPs} on. */
    void returned(KernelCall.Result result, long grantedPs);
  }

  private static final long NEVER = -1;

  private final HmmMirror mirror;
  private final KernelCall.SubscriberStart start;
  private final Answer answer;
  private long grantedPs = NEVER;

  MirrorStart(HmmMirror mirror, KernelCall.SubscriberStart start, Answer answer) {
    this.mirror = mirror;
    this.start = start;
    this.answer = answer;
  }

  void begin() {
    if (!start.blockable() && refuses()) {
      answer.returned(new KernelCall.Again(), mirror.ctx.nowPs());
    } else if (!(mirror.layout.driver() instanceof MirrorDriver.Nouveau nouveau)) {
      joined();
    } else if (nouveau.plainFirst()) {
      plain(() -> interval(this::over));
    } else {
      interval(() -> plain(this::over));
    }
  }

  private boolean refuses() {
    if (mirror.layout.driver() instanceof MirrorDriver.Nouveau) {
      return true;
    }
    boolean sleeps =
        !(mirror.layout.driver() instanceof MirrorDriver.Area) || waitsForJobs()
            || mirror.lock.isHeld();
    return sleeps && mirror.tree.concerns(start.range());
  }

  private boolean waitsForJobs() {
    return mirror.layout.driver() instanceof MirrorDriver.Area area && area.waitsForJobs();
  }

  /** The interval notifier's callback, which does everything. */
  private void joined() {
    List<IntervalTree.Notifier> called = mirror.tree.begins(start.range());
    mirror.counted();
    if (called.isEmpty()) {
      over();
    } else {
      mirror.lock.take(() -> {
        locked();
        called.forEach(mirror.tree::collide);
        takeAway(() -> {
          over();
          mirror.lock.give();
        });
      });
    }
  }

  /** nouveau_svm_range_invalidate. */
  private void interval(Continuation next) {
    List<IntervalTree.Notifier> called = mirror.tree.begins(start.range());
    mirror.counted();
    if (called.isEmpty()) {
      next.run();
    } else {
      mirror.lock.take(() -> {
        locked();
        called.forEach(mirror.tree::collide);
        mirror.lock.give();
        next.run();
      });
    }
  }

  /** nouveau_svmm_invalidate_range_start. */
  private void plain(Continuation next) {
    mirror.lock.take(() -> {
      locked();
      takeAway(() -> {
        mirror.lock.give();
        next.run();
      });
    });
  }

  private void locked() {
    if (grantedPs == NEVER) {
      grantedPs = mirror.ctx.nowPs();
    }
  }

  private void takeAway(Continuation next) {
    if (waitsForJobs()) {
      mirror.forget(start, () -> zap(next));
    } else if (mirror.table.count(start.range()) > 0) {
      zap(() -> mirror.forget(start, next));
    } else {
      zap(next);
    }
  }

  private void zap(Continuation next) {
    MirrorCosts costs = mirror.spec.costs();
    int gone = mirror.table.count(start.range());
    mirror.after(
        costs.zapRangePs() + gone * costs.zapPs(),
        () -> {
          mirror.table.zap(start.range());
          mirror.notifiers.zapped(start.range(), gone);
          next.run();
        });
  }

  private void over() {
    locked();
    mirror.ctx.mark(new MachineFact.SubscriberStarted(start.mm(), start.range()));
    answer.returned(new KernelCall.Ok(), grantedPs);
  }
}

package dev.shootdown.kernel.hmm;

import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;

/**
 * The start callback of a notifier bracket.
 *
 * <ol>
 *   <li>A range beside the mirrored one is counted, and nothing else.
 *   <li>Where it may not sleep it refuses if the lock is taken (nouveau's mutex_trylock), if it
 *       would have to wait for jobs (amdgpu), or always (mlx5), and changes nothing.
 *   <li>Under the lock the sequence is taken over. A GPU that can stop its jobs loses the entries
 *       first and then forgets them; one that can't is waited for, and loses them then.
 * </ol>
 */
final class MirrorStart {
  /** Where the answer goes. */
  interface Answer {
    /** The callback returns; it had the lock from {@code grantedPs} on. */
    void returned(KernelCall.Result result, long grantedPs);
  }

  private final HmmMirror mirror;
  private final KernelCall.SubscriberStart start;
  private final Answer answer;
  private long grantedPs;

  MirrorStart(HmmMirror mirror, KernelCall.SubscriberStart start, Answer answer) {
    this.mirror = mirror;
    this.start = start;
    this.answer = answer;
  }

  void begin() {
    boolean concerned = start.range().overlaps(mirror.layout.range());
    boolean wouldSleep =
        mirror.layout.refusesAtomic() || mirror.layout.waitsForJobs()
            || mirror.lock.isHeld();
    if (concerned && !start.blockable() && wouldSleep) {
      answer.returned(new KernelCall.Again(), mirror.ctx.nowPs());
      return;
    }
    mirror.notifier.begins(concerned);
    grantedPs = mirror.ctx.nowPs();
    if (concerned) {
      mirror.lock.take(this::locked);
    } else {
      over();
    }
  }

  private void locked() {
    grantedPs = mirror.ctx.nowPs();
    for (int i = 0; i < mirror.layout.notifiers(); i++) {
      if (mirror.layout.concerns(i, start.range())) {
        mirror.notifier.collide(i);
      }
    }
    if (mirror.layout.waitsForJobs()) {
      mirror.forget(start, () -> zap(this::unlock));
    } else if (mirror.table.count(start.range()) > 0) {
      zap(() -> mirror.forget(start, this::unlock));
    } else {
      zap(this::unlock);
    }
  }

  private void zap(Runnable next) {
    MirrorCosts costs = mirror.spec.costs();
    mirror.after(
        costs.zapRangePs() + mirror.table.count(start.range()) * costs.zapPs(),
        () -> {
          mirror.table.zap(start.range());
          next.run();
        });
  }

  private void unlock() {
    over();
    mirror.lock.give();
  }

  private void over() {
    mirror.ctx.mark(new MachineFact.SubscriberStarted(start.mm(), start.range()));
    answer.returned(new KernelCall.Ok(), grantedPs);
  }
}

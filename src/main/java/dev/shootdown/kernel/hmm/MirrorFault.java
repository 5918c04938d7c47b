package dev.shootdown.kernel.hmm;

import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;

/**
 * Brings a page to the GPU (the loop that hmm.rst shows).
 *
 * <ol>
 *   <li>Each try reads the sequence first, and sleeps through a collision that is under way. A loop
 *       that reads it once before the first try can't end after a collision (c08972f55594).
 *   <li>hmm_range_fault gives up when the sequence has moved, and reads the process's table
 *       otherwise. For a page that isn't there, or not for writing, the process is asked
 *       (handle_mm_fault); where no thread serves that, it is waited for.
 *   <li>Under the driver's lock the sequence is tested once more, and the page mapped.
 *   <li>After the timeout (HMM_RANGE_DEFAULT_TIMEOUT) no further try begins: the fault has failed.
 *       So it has if the process refuses (-EFAULT).
 * </ol>
 */
final class MirrorFault {
  /** Who wants to know how it went. */
  interface Ending {
    /** The page is mapped, the lock still held. */
    void mapped(GpuTable.Leaf leaf);

    /** It isn't, and won't be. */
    void failed();

    /** The fault's notifier is closed, after one of the others. */
    void over();
  }

  private static final long UNREAD = -1;

  private final HmmMirror mirror;
  private final long request;
  private final Mirror.Want want;
  private final Ending ending;
  private final long giveUpPs;
  private IntervalTree.Notifier notifier;
  private long seen = UNREAD;

  /** A fault whose time runs from now on. */
  MirrorFault(HmmMirror mirror, long request, Mirror.Want want, Ending ending) {
    this.mirror = mirror;
    this.request = request;
    this.want = want;
    this.ending = ending;
    this.giveUpPs = mirror.ctx.nowPs() + mirror.spec.timeoutPs();
  }

  void begin() {
    mirror.notifiers.open(want.page(), opened -> {
      notifier = opened;
      attempt();
    });
  }

  private void attempt() {
    if (mirror.ctx.nowPs() >= giveUpPs) {
      fail();
      return;
    }
    if (seen == UNREAD || mirror.spec.sequenceInLoop()) {
      seen = notifier.sequence();
      if (mirror.tree.isColliding(seen)) {
        mirror.tree.sleep(this::look);
        return;
      }
    }
    look();
  }

  /** hmm_range_fault. */
  private void look() {
    if (notifier.mustRetry(seen)) {
      again();
    } else {
      mirror.after(mirror.spec.costs().walkPs(), () -> mirror.walk(want, this::found));
    }
  }

  private void found(PageWalk.Entry entry) {
    boolean serves = entry.isPresent() && (entry.writable() || !want.write());
    if (mirror.host.isReleased() || !serves && mirror.host.isGone(want.page())) {
      fail();
    } else if (serves) {
      mirror.lock.take(() -> fill(entry));
    } else if (mirror.host.hasThread()) {
      mirror.host.want(want.page(), want.write(), this::broughtIn);
    } else if (mirror.ctx.nowPs() < giveUpPs) {
      mirror.after(mirror.spec.costs().waitPs(), this::look);
    } else {
      again();
    }
  }

  private void broughtIn(boolean served) {
    if (served) {
      look();
    } else {
      fail();
    }
  }

  private void fail() {
    ending.failed();
    mirror.notifiers.close(notifier, ending::over);
  }

  private void fill(PageWalk.Entry entry) {
    if (mirror.spec.retryUnderLock() && notifier.mustRetry(seen)) {
      mirror.lock.give();
      again();
      return;
    }
    mirror.after(
        mirror.spec.costs().mapPs(),
        () -> {
          ending.mapped(mirror.table.install(want.page(), entry));
          mirror.lock.give();
          mirror.notifiers.close(notifier, ending::over);
        });
  }

  private void again() {
    mirror.ctx.mark(new MachineFact.FaultRetried(request));
    mirror.after(mirror.spec.costs().loopPs(), this::attempt);
  }
}

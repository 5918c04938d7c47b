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
  private static final long UNREAD = -1;

  private final HmmMirror mirror;
  private final long request;
  private final Mirror.Want want;
  private final int notifier;
  private long giveUpPs;
  private long seen = UNREAD;

  MirrorFault(HmmMirror mirror, long request, Mirror.Want want) {
    this.mirror = mirror;
    this.request = request;
    this.want = want;
    this.notifier = mirror.layout.notifierOf(want.page());
  }

  void begin() {
    giveUpPs = mirror.ctx.nowPs() + mirror.spec.timeoutPs();
    mirror.ctx.mark(
        new MachineFact.FaultRaised(request, mirror.layout.mm(), want.page(), want.write()));
    mirror.after(mirror.spec.costs().faultPs(), this::attempt);
  }

  private void attempt() {
    if (mirror.ctx.nowPs() >= giveUpPs) {
      fail();
      return;
    }
    if (seen == UNREAD || mirror.spec.sequenceInLoop()) {
      seen = mirror.notifier.sequence(notifier);
      if (mirror.notifier.isColliding(seen)) {
        mirror.notifier.sleep(this::look);
        return;
      }
    }
    look();
  }

  /** hmm_range_fault. */
  private void look() {
    if (mirror.notifier.mustRetry(notifier, seen)) {
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
    over(MachineFact.Resolution.FAILED);
    mirror.fail(want);
  }

  private void fill(PageWalk.Entry entry) {
    if (mirror.spec.retryUnderLock() && mirror.notifier.mustRetry(notifier, seen)) {
      mirror.lock.give();
      again();
      return;
    }
    mirror.after(
        mirror.spec.costs().mapPs(),
        () -> {
          GpuTable.Leaf leaf = mirror.table.install(want.page(), entry);
          over(MachineFact.Resolution.SERVED);
          mirror.map(want, leaf);
          mirror.lock.give();
        });
  }

  private void again() {
    mirror.ctx.mark(new MachineFact.FaultRetried(request));
    mirror.after(mirror.spec.costs().loopPs(), this::attempt);
  }

  private void over(MachineFact.Resolution how) {
    mirror.ctx.mark(new MachineFact.FaultResolved(request, how));
  }
}

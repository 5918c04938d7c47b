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
 *       otherwise. A page that isn't there, or not for writing, is waited for.
 *   <li>Under the driver's lock the sequence is tested once more, and the page mapped.
 *   <li>After the timeout (HMM_RANGE_DEFAULT_TIMEOUT) no further try begins: the fault has failed.
 * </ol>
 */
final class MirrorFault {
  private static final long UNREAD = -1;

  private final HmmMirror mirror;
  private final long request;
  private final Mirror.Want want;
  private long giveUpPs;
  private long seen = UNREAD;

  MirrorFault(HmmMirror mirror, long request, Mirror.Want want) {
    this.mirror = mirror;
    this.request = request;
    this.want = want;
  }

  void begin() {
    giveUpPs = mirror.ctx.nowPs() + mirror.spec.timeoutPs();
    mirror.ctx.mark(
        new MachineFact.FaultRaised(request, mirror.layout.mm(), want.page(), want.write()));
    mirror.after(mirror.spec.costs().faultPs(), this::attempt);
  }

  private void attempt() {
    if (mirror.ctx.nowPs() >= giveUpPs) {
      over(MachineFact.Resolution.FAILED);
      mirror.fail(want);
      return;
    }
    if (seen == UNREAD || mirror.spec.sequenceInLoop()) {
      seen = mirror.notifier.sequence();
      if (mirror.notifier.isColliding(seen)) {
        mirror.notifier.sleep(this::look);
        return;
      }
    }
    look();
  }

  /** hmm_range_fault. */
  private void look() {
    if (mirror.notifier.mustRetry(seen)) {
      again();
    } else {
      mirror.after(mirror.spec.costs().walkPs(), () -> mirror.walk(want, this::found));
    }
  }

  private void found(PageWalk.Entry entry) {
    if (entry.isPresent() && (entry.writable() || !want.write())) {
      mirror.lock.take(() -> fill(entry));
    } else if (mirror.ctx.nowPs() < giveUpPs) {
      mirror.after(mirror.spec.costs().waitPs(), this::look);
    } else {
      again();
    }
  }

  private void fill(PageWalk.Entry entry) {
    if (mirror.spec.retryUnderLock() && mirror.notifier.mustRetry(seen)) {
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

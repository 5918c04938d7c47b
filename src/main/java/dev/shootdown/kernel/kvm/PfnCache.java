package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A gfn_to_pfn cache: a guest page that KVM has mapped for itself.
 *
 * <ol>
 *   <li>A start callback that covers its page makes it invalid at once.
 *   <li>A write finds it invalid and refreshes it: the sequence, the host's table, the mapping, and
 *       then the question whether all that was overtaken (hva_to_pfn_retry).
 *   <li>A page that isn't there is brought in by the process, as for a fault. If the process has
 *       none any more, the refresh fails and KVM goes on without having written.
 *   <li>As Linux 6.12 asks it, any invalidation anywhere in the address space is an answer of yes,
 *       and the loop goes round without a pause. As proposed in its place, only one of this page
 *       is, and the loop sleeps until that has ended.
 * </ol>
 *
 * <p>Facts name its page by a number of its own, since KVM's second-stage entry for the same page
 * is another copy.
 */
final class PfnCache implements Job, HostWalks.Reader {
  /** Plus the number of the cache, the page number under which facts speak of it. */
  static final long CACHE_PAGES = (1L << 44) + (1L << 43);

  private enum At {
    /** Nothing goes on. */
    IDLE,
    /** Waiting for the host to have a page, or for the next time round. */
    ASLEEP,
    /** Waiting for an invalidation of its page to end. */
    SHUT,
    /** Waiting for what the host's table says. */
    LOOKING,
    /** Mapping. */
    MAPPING
  }

  private final VmState vm;
  private final int number;
  private final long hostPage;
  private final Deque<Job> writers = new ArrayDeque<>();
  private At at = At.IDLE;
  private boolean valid;
  private boolean overtaken;
  private long seen;
  private long pfn;
  private PageWalk.Entry host;
  private long requests;

  PfnCache(VmState vm, int number) {
    this.vm = vm;
    this.number = number;
    this.hostPage = vm.layout.hostPage(vm.layout.cacheGfns().get(number));
  }

  void write(Job done) {
    writers.add(done);
    if (valid) {
      writeAll();
    } else if (at == At.IDLE) {
      vm.ctx.mark(
          new MachineFact.FaultRaised(request(), vm.layout.mm(), hostPage, true));
      refresh();
    }
  }

  /** A request's number tells caches apart. */
  private long request() {
    return requests * 1024 + number;
  }

  private void refresh() {
    seen = vm.brackets.sequence();
    overtaken = false;
    if (isRanged() && vm.brackets.isActive(hostPage)) {
      at = At.SHUT;
    } else {
      look();
    }
  }

  private boolean isRanged() {
    return vm.spec.pfnCache().waiting() == PfnCacheSpec.Waiting.RANGE_WAIT;
  }

  private void look() {
    at = At.LOOKING;
    vm.walks.read(hostPage, true, this);
  }

  @Override
  public void found(PageWalk.Entry entry) {
    if (vm.host.isReleased()) {
      fail();
      return;
    }
    if (!VmState.serves(entry, true)) {
      bringIn();
      return;
    }
    host = entry;
    at = At.MAPPING;
    vm.threads.after(vm.spec.pfnCache().mapPs(), this);
  }

  private void bringIn() {
    if (vm.host.isGone(hostPage)) {
      fail();
    } else if (vm.host.hasThread()) {
      vm.host.want(hostPage, true, this::broughtIn);
    } else {
      sleep(vm.spec.costs().waitPs());
    }
  }

  private void broughtIn(boolean served) {
    if (served) {
      look();
    } else {
      fail();
    }
  }

  /** kvm_gpc_refresh returns -EFAULT. */
  private void fail() {
    vm.ctx.mark(new MachineFact.Denied(vm.layout.mm(), hostPage, true));
    over(MachineFact.Resolution.FAILED);
    List<Job> without = List.copyOf(writers);
    writers.clear();
    without.forEach(Job::goOn);
  }

  private void over(MachineFact.Resolution how) {
    at = At.IDLE;
    vm.ctx.mark(new MachineFact.FaultResolved(request(), how));
    requests++;
  }

  private void sleep(long forPs) {
    at = At.ASLEEP;
    vm.threads.after(forPs, this);
  }

  @Override
  public void goOn() {
    if (at == At.ASLEEP) {
      refresh();
    } else {
      mapped();
    }
  }

  private void mapped() {
    if (vm.spec.pfnCache().mapInvalidates()) {
      vm.brackets.passed();
    }
    boolean lost =
        isRanged()
            ? overtaken : vm.brackets.isAnyActive() || vm.brackets.sequence() != seen;
    if (lost) {
      vm.ctx.mark(new MachineFact.FaultRetried(request()));
      if (isRanged()) {
        refresh();
      } else {
        sleep(vm.spec.pfnCache().spinPs());
      }
      return;
    }
    valid = true;
    pfn = VmState.pfn(host, hostPage);
    vm.ctx.mark(
        new MachineFact.Filled(
            vm.layout.mm(), CACHE_PAGES + number, pfn, true, host.readAtPs()));
    over(MachineFact.Resolution.SERVED);
    writeAll();
  }

  private void writeAll() {
    while (valid && !writers.isEmpty()) {
      vm.ctx.mark(
          new MachineFact.Used(vm.layout.mm(), CACHE_PAGES + number, pfn, true, -1));
      writers.remove().goOn();
    }
  }

  void invalidate(PageRange range) {
    if (!range.contains(hostPage)) {
      return;
    }
    overtaken = true;
    if (valid) {
      valid = false;
      vm.ctx.mark(
          new MachineFact.Dropped(
              vm.layout.mm(), PageRange.of(CACHE_PAGES + number),
              MachineFact.Cause.INVALIDATED));
    }
  }

  void bracketEnded() {
    if (at == At.SHUT && !vm.brackets.isActive(hostPage)) {
      refresh();
    }
  }
}

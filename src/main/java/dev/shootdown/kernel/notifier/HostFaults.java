package dev.shootdown.kernel.notifier;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.protocol.KernelCall;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pages that a subscriber has its process bring in (get_user_pages, hmm_range_fault), by the thread
 * that takes them, if there is one; and what the process will never have again.
 *
 * <p>Without a thread, an area counts as gone from the start of a bracket that unmaps it (munmap,
 * mremap's old range; the OOM reaper's process gets SIGBUS there). With or without one, nothing can
 * be brought in once the address space was released (mmget_not_zero).
 */
public final class HostFaults {
  /** Who waits for a page. */
  @FunctionalInterface
  public interface Waiter extends Serializable {
    /** The process has seen to it; {@code served} if it is worth another look. */
    void seenTo(boolean served);
  }

  private final int mm;
  private final Deque<KernelCall.WantedFault> wanted = new ArrayDeque<>();
  private final Deque<Continuation.With<KernelCall.WantedFault>> takers = new ArrayDeque<>();
  private final Map<Long, Waiter> waiters = new TreeMap<>();
  private final List<PageRange> unmapped = new ArrayList<>();
  private boolean hasThread;
  private boolean released;
  private long requests;

  /** Of address space {@code mm}. */
  public HostFaults(int mm) {
    this.mm = mm;
  }

  /** A bracket begins. */
  public void begins(KernelCall.SubscriberStart start) {
    switch (start.event()) {
      case RELEASE -> released = true;
      case UNMAP -> unmapped.add(start.range());
      default -> { }
    }
  }

  /** Whether the address space was released: what stands in its table is no longer for use. */
  public boolean isReleased() {
    return released;
  }

  /** Whether the process will never have the page. */
  public boolean isGone(long hostPage) {
    return released
        || !hasThread && unmapped.stream().anyMatch(range -> range.contains(hostPage));
  }

  /** Whether a thread brings pages in. */
  public boolean hasThread() {
    return hasThread;
  }

  /** The page is to be brought in. */
  public void want(long hostPage, boolean write, Waiter waiter) {
    waiters.put(requests, waiter);
    wanted.add(new KernelCall.WantedFault(requests++, mm, hostPage, write));
    handOut();
  }

  /** The thread takes the next one. */
  public void take(Continuation.With<KernelCall.WantedFault> taker) {
    hasThread = true;
    takers.add(taker);
    handOut();
  }

  /** The thread says how it went; false if it was not asked for that. */
  public boolean served(KernelCall.FaultServed served) {
    Waiter waiter = waiters.remove(served.request());
    if (waiter == null) {
      return false;
    }
    waiter.seenTo(served.served());
    return true;
  }

  private void handOut() {
    while (!wanted.isEmpty() && !takers.isEmpty()) {
      takers.remove().accept(wanted.remove());
    }
  }
}

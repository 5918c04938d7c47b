package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import dev.shootdown.trace.MachineFact.Change;
import java.util.List;

/** Facts made by hand, each at a time in ps; mm 1 throughout. */
final class Scene {
  static final int MM = 1;

  private final Observer observer;

  Scene(Observer observer) {
    this.observer = observer;
  }

  Scene state(long atPs, String component, MachineFact fact) {
    observer.seen(atPs, component, fact);
    return this;
  }

  Scene loads(long atPs, String cpu) {
    return state(atPs, cpu, new MachineFact.ContextTaken(MM, false));
  }

  Scene allocates(long atPs, long pfn) {
    return state(atPs, "frames", new MachineFact.FramesAllocated(List.of(pfn)));
  }

  Scene fills(long atPs, String holder, long page, long pfn, long readAtPs) {
    return state(atPs, holder, new MachineFact.Filled(MM, page, pfn, true, readAtPs));
  }

  Scene drops(long atPs, String holder, long page) {
    return state(
        atPs, holder,
        new MachineFact.Dropped(MM, PageRange.of(page), MachineFact.Cause.INVALIDATED));
  }

  Scene uses(long atPs, String holder, long page, long pfn, long transfer) {
    return state(atPs, holder, new MachineFact.Used(MM, page, pfn, true, transfer));
  }

  Scene drains(long atPs, String holder, long transfer) {
    return state(atPs, holder, new MachineFact.Drained(transfer));
  }

  Scene clears(long atPs, long page, long pfn) {
    return changes(atPs, Change.CLEARED, page, pfn);
  }

  Scene changes(long atPs, Change change, long page, long pfn) {
    return state(
        atPs, "pagetable0",
        new MachineFact.PtesChanged(MM, change, List.of(page), List.of(pfn), atPs, 0));
  }

  Scene frees(long atPs, long operation, long pfn) {
    return state(atPs, "frames", new MachineFact.FramesFreed(operation, List.of(pfn)));
  }

  Scene flushBegins(long atPs, String cpu, long operation, Audience audience, PageRange range) {
    return state(
        atPs, cpu, new MachineFact.FlushBegan(operation, audience, MM, range, range, 1));
  }

  Scene flushEnds(long atPs, String cpu, long operation, Audience audience) {
    return state(atPs, cpu, new MachineFact.FlushEnded(operation, audience));
  }

  Scene begins(long atPs, String cpu, long operation, String kind, PageRange range) {
    return state(atPs, cpu, new MachineFact.OperationBegan(operation, kind, MM, range));
  }

  Scene books(long atPs, String cpu, long operation, Account account, long fromPs) {
    return state(atPs, cpu, new MachineFact.Booked(operation, account, fromPs, atPs));
  }

  Scene ends(long atPs, String cpu, long operation) {
    return state(atPs, cpu, new MachineFact.OperationEnded(operation));
  }

  Scene reads(long atPs, String holder, long page, long pfn) {
    return state(atPs, holder, new MachineFact.Used(MM, page, pfn, false, -1));
  }

  Scene writes(long atPs, String holder, long page, long pfn) {
    return state(atPs, holder, new MachineFact.Used(MM, page, pfn, true, -1));
  }

  Scene subscribes(long atPs, String subscriber, PageRange range) {
    return state(atPs, subscriber, new MachineFact.SubscriberStarted(MM, range));
  }

  Scene releases(long atPs, String subscriber, PageRange range) {
    return state(atPs, subscriber, new MachineFact.SubscriberEnded(MM, range));
  }

  Scene returns(long atPs, String cpu, long operation, PageRange range, boolean writeOnly) {
    return state(atPs, cpu, new MachineFact.RightsRevoked(operation, MM, range, writeOnly));
  }

  Scene copies(long atPs, long operation, long page, long oldPfn, long newPfn) {
    return state(
        atPs, "cpu0", new MachineFact.CopyBegan(operation, MM, page, oldPfn, newPfn));
  }

  Scene shares(long atPs, MachineFact.Share why, long pfn) {
    return state(atPs, "frames", new MachineFact.FramesShared(1, why, List.of(pfn)));
  }

  Scene makesExclusive(long atPs, long pfn) {
    return state(atPs, "frames", new MachineFact.FramesExclusive(1, List.of(pfn)));
  }

  Scene cleans(long atPs, MachineFact.Clean why, long pfn) {
    return state(atPs, "frames", new MachineFact.FramesCleaned(1, why, List.of(pfn)));
  }

  Scene harvests(long atPs, long page, long pfn) {
    return state(
        atPs, "pagetable0",
        new MachineFact.DirtyHarvested(MM, List.of(page), List.of(pfn)));
  }

  Scene dirties(long atPs, long page, long pfn) {
    return state(atPs, "pagetable0", new MachineFact.PteDirtied(MM, page, pfn));
  }
}

package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Mix;
import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Digests of facts in which times are relative to the lap and growing numbers are named by their
 * last mention ({@link Naming}); all else is taken as it is.
 */
final class NormalFacts {
  private interface Digest<F> {
    long of(F fact, String component, Naming names);
  }

  private final Map<Class<?>, Digest<Fact>> digests = new LinkedHashMap<>();
  private final Naming names;

  NormalFacts(Naming names) {
    this.names = names;
    translations();
    tables();
    frames();
    operations();
    messages();
  }

  /** The digest of a fact that {@code component} states at {@code atPs}. */
  long digest(long atPs, String component, Fact fact) {
    Digest<Fact> digest = digests.get(fact.getClass());
    long content = digest == null ? fact.digest() : digest.of(fact, component, names);
    return words(
        Mix.text(0, component), names.time(atPs), Mix.text(1, fact.getClass().getSimpleName()),
        content);
  }

  private <F extends Fact> void of(Class<F> kind, Digest<? super F> digest) {
    digests.put(kind, (fact, by, n) -> digest.of(kind.cast(fact), by, n));
  }

  private void translations() {
    of(MachineFact.Filled.class, (f, by, n) -> words(
        f.mm(), f.page(), frame(f.pfn()), bit(f.writable()), n.time(f.readAtPs()), f.order()));
    of(MachineFact.StagesJoined.class, (f, by, n) -> words(
        f.mm(), f.page(), frame(f.guestPfn()), n.time(f.guestReadAtPs()), f.hostMm(),
        f.hostPage(), frame(f.pfn()), n.time(f.readAtPs()), f.reads()));
    of(MachineFact.Used.class, (f, by, n) -> words(
        f.mm(), f.page(), frame(f.pfn()), bit(f.write()),
        n.own(Naming.Family.TRANSFER, by, f.transfer())));
    of(MachineFact.Drained.class,
        (f, by, n) -> n.own(Naming.Family.TRANSFER, by, f.transfer()));
    of(MachineFact.WalkCached.class,
        (f, by, n) -> words(f.mm(), range(f.range()), table(f.table())));
    of(MachineFact.WalkUsed.class, (f, by, n) -> words(f.mm(), f.page(), table(f.table())));
    of(MachineFact.TableRead.class, (f, by, n) -> words(f.mm(), f.page(), table(f.table())));
    of(MachineFact.InvalidationSent.class, (f, by, n) -> words(
        f.device(), f.pasid(), range(f.range()), n.own(Naming.Family.ITAG, by, f.itag())));
    of(MachineFact.InvalidationTaken.class, (f, by, n) -> words(
        f.pasid(), range(f.range()), n.own(Naming.Family.ITAG, by, f.itag())));
    of(MachineFact.InvalidationDone.class,
        (f, by, n) -> n.own(Naming.Family.ITAG, by, f.itag()));
  }

  private void tables() {
    of(MachineFact.PtesChanged.class, (f, by, n) -> words(
        f.mm(), f.change().ordinal(), all(f.pages()), frames(f.pfns()), n.time(f.firstAtPs()),
        f.stepPs()));
    of(MachineFact.PteDirtied.class, (f, by, n) -> words(f.mm(), f.page(), frame(f.pfn())));
    of(MachineFact.DirtyHarvested.class,
        (f, by, n) -> words(f.mm(), all(f.pages()), frames(f.pfns())));
    of(MachineFact.TableFreed.class, (f, by, n) -> words(
        operation(f.operation()), f.mm(), range(f.range()), table(f.table())));
  }

  private void frames() {
    of(MachineFact.FramesAllocated.class, (f, by, n) -> frames(f.pfns()));
    of(MachineFact.FramesFreed.class,
        (f, by, n) -> words(operation(f.operation()), frames(f.pfns())));
    of(MachineFact.FramesCleaned.class,
        (f, by, n) -> words(operation(f.operation()), f.why().ordinal(), frames(f.pfns())));
    of(MachineFact.CopyBegan.class, (f, by, n) -> words(
        operation(f.operation()), f.mm(), f.page(), frame(f.oldPfn()), frame(f.newPfn())));
    of(MachineFact.FramesShared.class,
        (f, by, n) -> words(operation(f.operation()), f.why().ordinal(), frames(f.pfns())));
    of(MachineFact.FramesExclusive.class,
        (f, by, n) -> words(operation(f.operation()), frames(f.pfns())));
  }

  private void operations() {
    of(MachineFact.OperationBegan.class, (f, by, n) -> words(
        operation(f.operation()), Mix.text(0, f.kind()), f.mm(), range(f.range())));
    of(MachineFact.OperationEnded.class, (f, by, n) -> operation(f.operation()));
    of(MachineFact.Booked.class, (f, by, n) -> words(
        operation(f.operation()), f.account().ordinal(), n.time(f.fromPs()),
        n.time(f.untilPs())));
    of(MachineFact.Stolen.class,
        (f, by, n) -> words(operation(f.operation()), n.time(f.fromPs())));
    of(MachineFact.InterruptsWereOff.class,
        (f, by, n) -> words(operation(f.operation()), n.time(f.fromPs())));
    of(MachineFact.LockTaken.class, (f, by, n) -> words(
        operation(f.operation()), Mix.text(0, f.lock()), n.time(f.askedAtPs())));
    of(MachineFact.LockDropped.class,
        (f, by, n) -> words(operation(f.operation()), Mix.text(0, f.lock())));
    of(MachineFact.BracketOpened.class, (f, by, n) -> words(
        operation(f.operation()), f.mm(), range(f.range()), f.event().ordinal()));
    of(MachineFact.BracketClosed.class,
        (f, by, n) -> words(operation(f.operation()), f.mm(), range(f.range())));
    of(MachineFact.BracketsCounted.class, (f, by, n) -> words(
        f.mm(), f.counted(), n.own(Naming.Family.SEQUENCE, by, f.sequence())));
    of(MachineFact.IntervalsCounted.class, (f, by, n) -> words(
        f.mm(), f.counted(), n.own(Naming.Family.SEQUENCE, by, f.sequence()),
        f.sequence() % 2));
    of(MachineFact.RightsRevoked.class, (f, by, n) -> words(
        operation(f.operation()), f.mm(), range(f.range()), bit(f.writeOnly())));
  }

  private void messages() {
    of(MachineFact.FlushBegan.class, (f, by, n) -> words(
        operation(f.operation()), f.audience().ordinal(), f.mm(), range(f.requested()),
        range(f.flushed()), f.targets()));
    of(MachineFact.FlushEnded.class,
        (f, by, n) -> words(operation(f.operation()), f.audience().ordinal()));
    of(MachineFact.InterruptSent.class,
        (f, by, n) -> words(operation(f.operation()), f.target(), bit(f.flush())));
    of(MachineFact.FaultRaised.class, (f, by, n) -> words(
        n.own(Naming.Family.REQUEST, by, f.request()), f.mm(), f.page(), bit(f.write())));
    of(MachineFact.FaultRetried.class,
        (f, by, n) -> n.own(Naming.Family.REQUEST, by, f.request()));
    of(MachineFact.FaultResolved.class, (f, by, n) -> words(
        n.own(Naming.Family.REQUEST, by, f.request()), f.how().ordinal()));
    of(MachineFact.PageRequested.class, (f, by, n) -> words(
        f.pasid(), f.page(), n.own(Naming.Family.GROUP, by, f.group()), bit(f.last())));
    of(MachineFact.InvalidationExpired.class, (f, by, n) -> words(
        f.device(), n.own(Naming.Family.ITAG, by, f.itag()), bit(f.gone())));
    of(MachineFact.SubmissionAborted.class,
        (f, by, n) -> words(operation(f.operation()), f.cpu()));
    of(MachineFact.SubmissionAbandoned.class,
        (f, by, n) -> words(operation(f.operation()), f.cpu()));
    of(MachineFact.PasidBound.class,
        (f, by, n) -> words(operation(f.operation()), f.pasid(), f.mm()));
    of(MachineFact.WasPreempted.class, (f, by, n) -> n.time(f.fromPs()));
    of(MachineFact.PageAnswered.class,
        (f, by, n) -> words(n.own(Naming.Family.GROUP, by, f.group()), f.code()));
  }

  private long operation(long number) {
    return names.shared(Naming.Family.OPERATION, number);
  }

  private long frame(long pfn) {
    return names.shared(Naming.Family.FRAME, pfn);
  }

  private long table(long number) {
    return names.shared(Naming.Family.TABLE, number);
  }

  private long frames(List<Long> pfns) {
    long digest = pfns.size();
    for (long pfn : pfns) {
      digest = Mix.fold(digest, frame(pfn));
    }
    return digest;
  }

  private static long all(List<Long> values) {
    long digest = values.size();
    for (long value : values) {
      digest = Mix.fold(digest, value);
    }
    return digest;
  }

  private static long range(PageRange range) {
    return words(range.firstPage(), range.pages());
  }

  private static long bit(boolean set) {
    return set ? 1 : 0;
  }

  private static long words(long... words) {
    long digest = words.length;
    for (long word : words) {
      digest = Mix.fold(digest, word);
    }
    return digest;
  }
}

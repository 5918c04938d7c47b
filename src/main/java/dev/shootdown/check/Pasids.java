package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which address space stands behind a PASID that is given out, and facts of IOMMUs and devices told
 * in terms of address spaces. What a part caches belongs to the address space that the PASID stood
 * for when the page table was read; what it drops it drops of all that ever had the PASID.
 */
final class Pasids {
  /** Since when an address space has had a PASID. */
  private record Term(int mm, long sincePs) {}

  private final Map<Integer, List<Term>> terms = new LinkedHashMap<>();

  /** Whether no PASID has been given out yet. */
  boolean isEmpty() {
    return terms.isEmpty();
  }

  /** A PASID was given out; one that is given back keeps its last address space. */
  void bound(long atPs, MachineFact.PasidBound fact) {
    if (fact.mm() >= 0) {
      terms.computeIfAbsent(fact.pasid(), absent -> new ArrayList<>())
          .add(new Term(fact.mm(), atPs));
    }
  }

  /** The address space that has the number now, be it a PASID's or its own. */
  int now(int number) {
    List<Term> own = terms.get(number);
    return own == null ? number : own.get(own.size() - 1).mm();
  }

  /** Since when, in ps; 0 for a number that is not given out. */
  long sincePs(int number) {
    List<Term> own = terms.get(number);
    return own == null ? 0 : own.get(own.size() - 1).sincePs();
  }

  /** Gives {@code heard} what {@code fact}, stated by {@code by}, says of address spaces. */
  void tell(Agent by, Fact fact, Consumer<Fact> heard) {
    if (fact instanceof MachineFact.Filled filled && terms.containsKey(filled.mm())) {
      filled(filled, heard);
    } else if (fact instanceof MachineFact.Dropped gone && terms.containsKey(gone.mm())) {
      all(gone.mm()).forEach(
          mm -> heard.accept(new MachineFact.Dropped(mm, gone.range(), gone.cause())));
    } else if (fact instanceof MachineFact.Used used && terms.containsKey(used.mm())) {
      heard.accept(
          new MachineFact.Used(
              through(by, used), used.page(), used.pfn(), used.write(), used.transfer()));
    } else if (fact instanceof MachineFact.WalkCached cached
        && terms.containsKey(cached.mm())) {
      heard.accept(
          new MachineFact.WalkCached(now(cached.mm()), cached.range(), cached.table()));
    } else if (fact instanceof MachineFact.WalkDropped gone && terms.containsKey(gone.mm())) {
      all(gone.mm()).forEach(mm -> heard.accept(new MachineFact.WalkDropped(mm, gone.range())));
    } else if (fact instanceof MachineFact.WalkUsed used && terms.containsKey(used.mm())) {
      heard.accept(new MachineFact.WalkUsed(now(used.mm()), used.page(), used.table()));
    } else {
      heard.accept(ofMessages(fact));
    }
  }

  private Fact ofMessages(Fact fact) {
    if (fact instanceof MachineFact.FlushBegan flush) {
      return new MachineFact.FlushBegan(
          flush.operation(), flush.audience(), now(flush.mm()), flush.requested(),
          flush.flushed(), flush.targets());
    } else if (fact instanceof MachineFact.InvalidationSent sent) {
      return new MachineFact.InvalidationSent(
          sent.device(), now(sent.pasid()), sent.range(), sent.itag());
    } else if (fact instanceof MachineFact.InvalidationTaken taken) {
      return new MachineFact.InvalidationTaken(now(taken.pasid()), taken.range(), taken.itag());
    } else if (fact instanceof MachineFact.FaultRaised raised) {
      return new MachineFact.FaultRaised(
          raised.request(), now(raised.mm()), raised.page(), raised.write());
    }
    return fact;
  }

  /** One entry for a page of a PASID takes the place of another's, whoever had the PASID. */
  private void filled(MachineFact.Filled filled, Consumer<Fact> heard) {
    int owner = at(filled.mm(), filled.readAtPs());
    PageRange range = new PageRange(filled.page(), 1L << filled.order());
    all(filled.mm()).stream().filter(mm -> mm != owner).forEach(
        mm -> heard.accept(
            new MachineFact.Dropped(mm, range, MachineFact.Cause.EVICTED)));
    heard.accept(
        new MachineFact.Filled(
            owner, filled.page(), filled.pfn(), filled.writable(), filled.readAtPs(),
            filled.order()));
  }

  /** Whose entry leads to the frame that was used; of who has the PASID if nobody's does. */
  private int through(Agent by, MachineFact.Used used) {
    for (int mm : all(used.mm())) {
      Holding held = by.holding(mm, used.page());
      if (held != null && held.pfnOf(used.page()) == used.pfn()) {
        return mm;
      }
    }
    return now(used.mm());
  }

  private int at(int pasid, long atPs) {
    int owner = terms.get(pasid).get(0).mm();
    for (Term term : terms.get(pasid)) {
      owner = term.sincePs() <= atPs ? term.mm() : owner;
    }
    return owner;
  }

  private List<Integer> all(int pasid) {
    return terms.get(pasid).stream().map(Term::mm).distinct().toList();
  }
}

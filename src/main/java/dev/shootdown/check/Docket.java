package dev.shootdown.check;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Calls each fact for those who asked for its kind, in the order in which they asked: the books
 * first, so that a judge sees them as they are after the fact. A fact that nobody asked for costs
 * one look-up.
 */
final class Docket implements Observer {
  /** Whoever asked for a kind of fact. */
  interface Handler<F> {
    void on(long atPs, Agent by, F fact);
  }

  private static final int RECENT_MASK = 1023;

  private final Map<Class<?>, Handler<Fact>[]> handlers = new LinkedHashMap<>();
  private final Map<String, Agent> agents = new LinkedHashMap<>();
  private final Books books;
  private final Agent[] recent = new Agent[RECENT_MASK + 1];
  private final Pasids pasids = new Pasids();
  private Observer all;
  private PasidUse pasidUse;

  /** Whoever asked for uses through a PASID that is given out. */
  interface PasidUse {
    /** The device named {@code pasid}; {@code used} says whose entry it went through. */
    void on(long atPs, Agent by, int pasid, MachineFact.Used used);
  }

  /** A docket that nobody hears but the books. */
  Docket() {
    hear(MachineFact.PasidBound.class, (atPs, by, fact) -> pasids.bound(atPs, fact));
    books = new Books(this);
  }

  /** Who has which PASID that is given out. */
  Pasids pasids() {
    return pasids;
  }

  /** From now on {@code judge} hears uses through PASIDs that are given out. */
  void hearOfPasids(PasidUse judge) {
    pasidUse = judge;
  }

  /** The truth that all judges at this docket share. */
  Books books() {
    return books;
  }

  /** From now on {@code handler} hears facts of that kind. */
  <F extends Fact> void hear(Class<F> kind, Handler<? super F> handler) {
    Handler<Fact>[] before = handlers.get(kind);
    int count = before == null ? 0 : before.length;
    Handler<Fact>[] after = room(count + 1);
    for (int i = 0; i < count; i++) {
      after[i] = before[i];
    }
    after[count] = ofAny(handler);
    handlers.put(kind, after);
  }

  /** It is only ever called with facts of its kind: that is what the table is keyed by. */
  @SuppressWarnings("unchecked")
  private static Handler<Fact> ofAny(Handler<?> handler) {
    return (Handler<Fact>) handler;
  }

  /** From now on {@code observer} hears every fact, before all others; null: nobody does. */
  void hearAll(Observer observer) {
    all = observer;
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (all != null) {
      all.seen(atPs, component, fact);
    }
    if (books.duePs() <= atPs) {
      books.catchUp(atPs);
    }
    Handler<Fact>[] called = handlers.get(fact.getClass());
    if (called == null) {
      return;
    }
    Agent by = agent(component);
    if (!pasids.isEmpty()) {
      pasids.tell(by, fact, told -> calledFor(atPs, by, fact, told));
      return;
    }
    for (Handler<Fact> handler : called) {
      handler.on(atPs, by, fact);
    }
  }

  /** Where PASIDs are given out: {@code told} is what {@code fact} says of address spaces. */
  private void calledFor(long atPs, Agent by, Fact fact, Fact told) {
    for (Handler<Fact> handler : handlers.getOrDefault(told.getClass(), room(0))) {
      handler.on(atPs, by, told);
    }
    if (pasidUse != null && fact instanceof MachineFact.Used raw
        && told instanceof MachineFact.Used used) {
      pasidUse.on(atPs, by, raw.mm(), used);
    }
  }

  private Agent agent(String component) {
    // A run names a component by one and the same object: most of the time that is enough to know.
    int slot = component.hashCode() & RECENT_MASK;
    Agent agent = recent[slot];
    if (agent == null || agent.name != component && !agent.name.equals(component)) {
      agent = agents.computeIfAbsent(component, Agent::new);
      recent[slot] = agent;
    }
    return agent;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Handler<Fact>[] room(int count) {
    return new Handler[count];
  }
}

package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Fact;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Picks from a cycle what concerns one fault, each kind of step of each component once. */
final class CycleSteps {
  private static final int MOST = 12;

  private interface Words<F> {
    String of(F fact);
  }

  private final Map<Class<?>, Words<Fact>> words = new LinkedHashMap<>();
  private final MachineFact.FaultRaised fault;

  private CycleSteps(MachineFact.FaultRaised fault) {
    this.fault = fault;
    say(MachineFact.FaultRetried.class, f -> "tries again, in vain");
    say(MachineFact.PageRequested.class, f -> "asks for the page");
    say(MachineFact.PageAnswered.class, f -> "is answered, code " + f.code());
    say(MachineFact.Denied.class, f -> at(f.mm(), f.page(), "is refused"));
    say(MachineFact.DmaEnded.class, f -> at(f.mm(), f.page(), "has moved its data"));
    say(MachineFact.Filled.class, f -> at(f.mm(), f.page(), f.writable()
        ? "caches it" : "caches it, read-only"));
    say(MachineFact.FillDiscarded.class, f -> at(f.mm(), f.page(), "discards what it read"));
    say(MachineFact.Dropped.class, f -> in(f.mm(), f.range(), "drops its entries"));
    say(MachineFact.BracketOpened.class, f -> in(f.mm(), f.range(), "N-START"));
    say(MachineFact.BracketClosed.class, f -> in(f.mm(), f.range(), "N-END"));
    say(MachineFact.SubscriberStarted.class, f -> in(f.mm(), f.range(), "zaps, and blocks fills"));
    say(MachineFact.SubscriberEnded.class, f -> in(f.mm(), f.range(), "lets fills through"));
    say(MachineFact.PtesChanged.class, f -> f.mm() == fault.mm()
        && f.pages().contains(fault.page()) ? "PTE " + StoryTexts.verb(f.change()) : "");
    say(MachineFact.FlushBegan.class, f -> in(f.mm(), f.flushed(),
        StoryTexts.name(f.audience()) + " begins"));
  }

  /** The steps of {@code cycle} that concern the page of {@code fault}. */
  static List<Standstill.Step> of(List<Laps.Seen> cycle, MachineFact.FaultRaised fault) {
    CycleSteps picked = new CycleSteps(fault);
    Map<String, Standstill.Step> steps = new LinkedHashMap<>();
    for (Laps.Seen seen : cycle) {
      picked.text(seen.fact())
          .ifPresent(
              text ->
                  steps.putIfAbsent(
                      seen.component() + ' ' + text,
                      new Standstill.Step(seen.atPs(), seen.component(), text)));
    }
    List<Standstill.Step> all = new ArrayList<>(steps.values());
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
  }

  /**
   * The last of each step in {@code facts} that concerns the fault: what tells it to try again, and
   * brackets elsewhere, but no flushes, and no tries of others than {@code own}.
   */
  static List<Standstill.Step> last(
      List<Laps.Seen> facts, MachineFact.FaultRaised fault, String own) {
    CycleSteps picked = new CycleSteps(fault);
    picked.words.remove(MachineFact.Dropped.class);
    picked.words.remove(MachineFact.FlushBegan.class);
    picked.say(MachineFact.SubscriberStarted.class, f -> picked.range(
        f.mm(), f.range(), "zaps, and blocks fills"));
    picked.say(MachineFact.SubscriberEnded.class, f -> picked.range(
        f.mm(), f.range(), "lets fills through"));
    picked.say(MachineFact.BracketOpened.class, f -> picked.range(f.mm(), f.range(), "N-START"));
    picked.say(MachineFact.BracketClosed.class, f -> picked.range(f.mm(), f.range(), "N-END"));
    Map<String, Standstill.Step> steps = new LinkedHashMap<>();
    for (Laps.Seen seen : facts) {
      boolean isOthers =
          seen.fact() instanceof MachineFact.FaultRetried && !seen.component().equals(own);
      picked.text(seen.fact()).filter(text -> !isOthers).ifPresent(
          text -> {
            String key = seen.component() + ' ' + text;
            steps.remove(key);
            steps.put(key, new Standstill.Step(seen.atPs(), seen.component(), text));
          });
    }
    List<Standstill.Step> all = new ArrayList<>(steps.values());
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
  }

  private String range(int mm, PageRange range, String text) {
    return mm != fault.mm() ? "" : text + (range.contains(fault.page()) ? "" : " elsewhere");
  }

  private Optional<String> text(Fact fact) {
    Words<Fact> known = words.get(fact.getClass());
    return Optional.ofNullable(known).map(text -> text.of(fact)).filter(text -> !text.isEmpty());
  }

  private <F extends Fact> void say(Class<F> kind, Words<? super F> text) {
    words.put(kind, fact -> text.of(kind.cast(fact)));
  }

  private String at(int mm, long page, String text) {
    return mm == fault.mm() && page == fault.page() ? text : "";
  }

  private String in(int mm, PageRange range, String text) {
    return mm == fault.mm() && range.contains(fault.page()) ? text : "";
  }
}

package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.PageWalk.Entry;
import dev.shootdown.protocol.PageWalk.Walk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link PageWalk.WalkerSide} owes the page tables, and itself. */
public abstract class PageWalkWalkerSideContract {
  /** The address space whose pages are wanted. */
  protected static final int MM = 3;

  /** A part that walks, with everything around it played by the test. */
  public interface Subject {
    /** Makes it need {@code page}. */
    void want(long page, boolean forWrite);

    /** Makes it forget {@code range}, and lets the time pass that this takes. */
    void forget(PageRange range);

    void hear(PageWalk.ToWalker message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** The walks that it asked for since the last call. */
    List<Walk> takeSaid();

    /** The frames that it found for what it wanted, since the last call. */
    List<Long> takeFound();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** A part with nothing cached. */
  protected abstract Subject subject();

  @Test
  void shouldWalkOnceWhenThePageStaysCached() {
    Subject walker = subject();
    walker.want(7, false);
    walker.settle();
    walker.hear(entry(walker.takeSaid().get(0), 70));
    walker.settle();
    walker.want(7, false);
    walker.settle();

    assertThat(walker.takeSaid()).isEmpty();
    assertThat(walker.takeFound()).containsExactly(70L, 70L);
  }

  @Test
  void shouldWalkAgainWhenThePageWasNotPresent() {
    Subject walker = subject();
    walker.want(7, false);
    walker.settle();
    walker.hear(entry(walker.takeSaid().get(0), -1));
    walker.settle();
    walker.takeFound();
    walker.want(7, false);
    walker.settle();

    assertThat(walker.takeSaid()).extracting(Walk::page).containsExactly(7L);
  }

  @Test
  void shouldWalkAgainWhenThePageWasForgotten() {
    Subject walker = subject();
    walker.want(7, false);
    walker.settle();
    walker.hear(entry(walker.takeSaid().get(0), 70));
    walker.settle();
    walker.forget(PageRange.of(7));
    walker.want(7, false);
    walker.settle();

    assertThat(walker.takeSaid()).extracting(Walk::page).containsExactly(7L);
  }

  @Test
  void shouldNotUseAnEntryWhenItWasForgottenOnItsWay() {
    Subject walker = subject();
    walker.want(7, false);
    walker.settle();
    Walk stale = walker.takeSaid().get(0);
    walker.forget(PageRange.of(7));
    walker.hear(entry(stale, 70));
    walker.settle();

    assertThat(walker.takeFound()).as("frame 70 may be someone else's by now").isEmpty();
    walker.hear(entry(walker.takeSaid().get(0), 71));
    walker.settle();
    assertThat(walker.takeFound()).containsExactly(71L);
  }

  /** A right to write that was cached by a read would leave the dirty bit unset. */
  @Test
  void shouldWalkForWritingWhenOnlyAReadWalkedBefore() {
    Subject walker = subject();
    walker.want(7, false);
    walker.settle();
    walker.hear(entry(walker.takeSaid().get(0), 70));
    walker.settle();
    walker.want(7, true);
    walker.settle();

    assertThat(walker.takeSaid()).hasSize(1).allMatch(Walk::forWrite);
  }

  @Test
  void shouldStateABreachWhenAnEntryComesThatWasNotAskedFor() {
    Subject walker = subject();
    walker.hear(new Entry(0, MM, 7, 70, true, 0));
    walker.settle();

    assertThat(walker.breaches()).isEqualTo(1);
    assertThat(walker.takeFound()).isEmpty();
  }

  private static Entry entry(Walk walk, long pfn) {
    return new Entry(walk.tag(), walk.mm(), walk.page(), pfn, pfn >= 0, 0);
  }
}

package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelWords.Visit;
import dev.shootdown.protocol.PageWalk.Entry;
import dev.shootdown.protocol.PageWalk.Walk;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What any {@link PageWalk.TableSide} owes the walkers, which take no lock (Intel SDM 3A, 4.10).
 */
public abstract class PageWalkTableSideContract {
  /** The address space whose table it is. */
  protected static final int MM = 1;

  private static final long STEP_PS = 30;

  /** A table of four walkers. */
  public interface Subject {
    void hear(PageWalk.ToTable message);

    /** Changes a run of entries, the lock being free. */
    void visit(KernelCall.TableVisit visit);

    void runUntil(long untilPs);

    /** What it said to walker {@code walker} since the last call. */
    List<Entry> takeSaid(int walker);
  }

  /** A table with pages 10 to 13 mapped writable to frames 110 to 113, and no others. */
  protected abstract Subject subject();

  private static Entry look(Subject table, long page) {
    table.hear(new Walk(2, 77, MM, page, false));
    List<Entry> said = table.takeSaid(2);
    assertThat(said).hasSize(1);
    return said.get(0);
  }

  private static KernelCall.TableVisit visit(Visit visit, long firstPage, int pages) {
    return new KernelCall.TableVisit(
        visit, new PageRange(firstPage, pages), new PageRange(0, 0), List.of(), STEP_PS, false);
  }

  @Test
  void shouldAnswerEachWalkOnceWithWhatStandsThere() {
    Subject table = subject();
    table.runUntil(500);

    assertThat(look(table, 11)).isEqualTo(new Entry(77, MM, 11, 111, true, 500));
    assertThat(look(table, 14)).matches(entry -> !entry.isPresent());
    assertThat(table.takeSaid(0)).as("another walker").isEmpty();
  }

  @Test
  void shouldShowEachEntryGoneExactlyWhenItsStepIsDone() {
    Subject table = subject();
    table.runUntil(1_000);
    table.visit(visit(Visit.CLEAR, 10, 4));
    for (int i = 0; i < 4; i++) {
      long changesAtPs = 1_000 + (i + 1) * STEP_PS;
      table.runUntil(changesAtPs - 1);
      assertThat(look(table, 10 + i).pfn()).as("just before").isEqualTo(110 + i);
      table.runUntil(changesAtPs);
      assertThat(look(table, 10 + i).isPresent()).as("from then on").isFalse();
      assertThat(i == 3 || look(table, 11 + i).isPresent()).as("the next").isTrue();
    }
  }

  @Test
  void shouldShowTheOldRightWhenItsStepIsNotDone() {
    Subject table = subject();
    table.visit(visit(Visit.PROTECT, 10, 2));
    table.runUntil(2 * STEP_PS - 1);
    assertThat(look(table, 10).writable()).isFalse();
    assertThat(look(table, 11).writable()).isTrue();
    table.runUntil(2 * STEP_PS);
    assertThat(look(table, 11).writable()).isFalse();
  }

  @Test
  void shouldShowAPageInOnePlaceOnlyWhenItMoves() {
    Subject table = subject();
    table.visit(new KernelCall.TableVisit(
        Visit.MOVE, new PageRange(10, 4), new PageRange(50, 4), List.of(), STEP_PS, false));
    for (long atPs = 0; atPs <= 6 * STEP_PS; atPs += STEP_PS / 2) {
      table.runUntil(atPs);
      for (int i = 0; i < 4; i++) {
        boolean moved = atPs >= (i + 1) * STEP_PS;
        assertThat(look(table, 10 + i).isPresent()).isEqualTo(!moved);
        assertThat(look(table, 50 + i).isPresent()).isEqualTo(moved);
      }
    }
    assertThat(look(table, 52).pfn()).isEqualTo(112);
  }

  @Test
  void shouldShowANewEntryWhenItsStepIsDone() {
    Subject table = subject();
    table.visit(new KernelCall.TableVisit(
        Visit.SET, new PageRange(20, 2), new PageRange(0, 0), List.of(5L, 6L), STEP_PS, false));
    table.runUntil(STEP_PS);
    assertThat(look(table, 20).pfn()).isEqualTo(5);
    assertThat(look(table, 21).isPresent()).isFalse();
    table.runUntil(2 * STEP_PS);
    assertThat(look(table, 21).pfn()).isEqualTo(6);
  }
}

package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.FlushHandler.Context;
import dev.shootdown.protocol.FlushHandler.Decision;
import dev.shootdown.protocol.FlushHandler.Flush;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link FlushHandler} owes the CPU that asks for a flush. */
public abstract class FlushHandlerContract {
  private static final int MM = 1;
  private static final PageRange RANGE = new PageRange(7, 3);

  /** The handler. */
  protected abstract FlushHandler handler();

  private static boolean covers(Decision decision, PageRange range) {
    return decision.unload()
        || decision.range().firstPage() <= range.firstPage()
            && decision.range().endPage() >= range.endPage();
  }

  @Test
  void shouldDropAtLeastTheRangeWhenItIsNewToTheCpu() {
    for (long generation : new long[] {11, 12, 20}) {
      for (PageRange range : List.of(RANGE, PageRange.ALL)) {
        Flush flush = new Flush(MM, generation, range);
        Decision decision = handler().decide(new Context(MM, 10, false), flush, generation);
        assertThat(covers(decision, range)).as("%s: %s", flush, decision).isTrue();
      }
    }
  }

  /** It may have missed other flushes: only a full one makes up for those. */
  @Test
  void shouldNotClaimAGenerationThatItHasNotReached() {
    for (long generation = 8; generation < 20; generation++) {
      Decision decision =
          handler().decide(new Context(MM, 10, false), new Flush(MM, generation, RANGE), 20);
      assertThat(decision.generation()).isGreaterThanOrEqualTo(10);
      boolean all = decision.range().isAll();
      assertThat(decision.generation() <= 10 || all || generation == 11)
          .as("generation %d: %s", generation, decision).isTrue();
    }
  }

  @Test
  void shouldLeaveTheLoadedAddressSpaceAloneWhenAnotherIsMeant() {
    Decision decision =
        handler().decide(new Context(MM, 10, false), new Flush(MM + 1, 11, RANGE), 11);

    assertThat(decision.unload()).isFalse();
  }

  @Test
  void shouldReachPagingStructuresWhenTablesWereFreed() {
    Flush flush = new Flush(MM, 11, RANGE, 0, true, false);
    Decision decision = handler().decide(new Context(MM, 10, false), flush, 11);

    assertThat(decision.walks()).isNotEqualTo(FlushHandler.Walks.KEEP);
  }

  @Test
  void shouldDecideTheSameWhenAskedTwice() {
    Flush flush = new Flush(MM, 12, RANGE, 9, true, false);
    Context context = new Context(MM, 10, true);

    assertThat(handler().decide(context, flush, 12))
        .isEqualTo(handler().decide(context, flush, 12));
  }
}

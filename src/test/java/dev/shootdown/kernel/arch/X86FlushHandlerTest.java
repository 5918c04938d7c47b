package dev.shootdown.kernel.arch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.FlushHandler.Context;
import dev.shootdown.protocol.FlushHandler.Decision;
import org.junit.jupiter.api.Test;

class X86FlushHandlerTest {
  private static final PageRange RANGE = new PageRange(7, 3);
  private static final PageRange NOTHING = new PageRange(0, 0);
  private static final Context LOADED = new Context(1, 10, false);

  private final X86FlushHandler handler = new X86FlushHandler();

  @Test
  void shouldDoNothingWhenAnotherAddressSpaceIsLoaded() {
    assertThat(handler.decide(LOADED, 2, 11, RANGE)).isEqualTo(new Decision(NOTHING, 10, false));
    assertThat(handler.decide(new Context(-1, 0, false), 2, 11, RANGE))
        .isEqualTo(new Decision(NOTHING, 0, false));
  }

  @Test
  void shouldSwitchAwayWhenLazyWhateverTheGeneration() {
    for (long generation : new long[] {1, 10, 11, 99}) {
      assertThat(handler.decide(new Context(1, 10, true), 1, generation, RANGE))
          .isEqualTo(new Decision(NOTHING, 10, true));
    }
  }

  @Test
  void shouldDoNothingWhenAlreadyThere() {
    assertThat(handler.decide(LOADED, 1, 10, RANGE)).isEqualTo(new Decision(NOTHING, 10, false));
    assertThat(handler.decide(LOADED, 1, 9, PageRange.ALL))
        .isEqualTo(new Decision(NOTHING, 10, false));
  }

  @Test
  void shouldFlushTheRangeWhenExactlyOneBehind() {
    assertThat(handler.decide(LOADED, 1, 11, RANGE)).isEqualTo(new Decision(RANGE, 11, false));
  }

  @Test
  void shouldFlushEverythingWhenFartherBehindOrAskedTo() {
    assertThat(handler.decide(LOADED, 1, 12, RANGE))
        .isEqualTo(new Decision(PageRange.ALL, 12, false));
    assertThat(handler.decide(LOADED, 1, 11, PageRange.ALL))
        .isEqualTo(new Decision(PageRange.ALL, 11, false));
  }
}

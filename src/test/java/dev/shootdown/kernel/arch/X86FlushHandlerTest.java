package dev.shootdown.kernel.arch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.FlushHandler.Context;
import dev.shootdown.protocol.FlushHandler.Decision;
import dev.shootdown.protocol.Program;
import java.util.List;
import org.junit.jupiter.api.Test;

class X86FlushHandlerTest {
  private static final PageRange RANGE = new PageRange(7, 3);
  private static final PageRange NOTHING = new PageRange(0, 0);
  private static final Context LOADED = new Context(1, 10, false);
  private static final KernelMap MAP = new KernelMap(4, 0);

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

  /** Before 6.14 switching away takes a CPU out of the mask; since then, a flush in vain does. */
  @Test
  void shouldLeaveTheMaskWhenFoundThereInVain() {
    Context lazy = new Context(1, 10, true);
    FlushHandler.Flush flush = new FlushHandler.Flush(1, 11, PageRange.ALL);
    FlushHandler.Flush other = new FlushHandler.Flush(2, 11, PageRange.ALL);
    X86FlushHandler atOnce = handler(false);
    X86FlushHandler later = handler(true);

    assertThat(atOnce.leavesAt(lazy, flush)).isEqualTo(MAP.addressSpace(1));
    assertThat(atOnce.leavesAt(LOADED, other)).as("it left as it switched").isEqualTo(-1);
    assertThat(later.leavesAt(lazy, flush)).isEqualTo(-1);
    assertThat(later.leavesAt(LOADED, other)).isEqualTo(MAP.addressSpace(2));
    for (X86FlushHandler any : List.of(atOnce, later, handler)) {
      assertThat(any.leavesAt(LOADED, flush)).isEqualTo(-1);
    }
    assertThat(handler.leavesAt(lazy, flush)).as("knows no mask").isEqualTo(-1);
  }

  private static X86FlushHandler handler(boolean keepMask) {
    ArchSpec plain = ArchSpec.of(Arch.X86);
    ArchSpec spec = new ArchSpec(
        plain.flushCeiling(), false, true, false, 3, 4_000, 0, true, 8, true, 512, 0, 0, keepMask);
    return new X86FlushHandler(
        spec, new Place(0, 2, MAP, Era.C, job -> (last, nowPs) -> new Program.Finish()));
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

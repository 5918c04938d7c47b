package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import java.util.function.Consumer;

/**
 * How far a device has come in its {@link DmaTrace}.
 *
 * @param <C> what the device is told
 */
final class TraceCursor<C> {
  private final DmaTrace trace;
  private final Ctx<C> ctx;
  private final C due;
  private int next;

  /** Before the first transfer; {@code due} comes to the device when it is time. */
  TraceCursor(DmaTrace trace, Ctx<C> ctx, C due) {
    this.trace = trace;
    this.ctx = ctx;
    this.due = due;
    await();
  }

  /** Starts all that is due now. */
  void start(Consumer<Touch> starter) {
    for (; next < trace.size() && trace.atPs(next) <= ctx.nowPs(); next++) {
      starter.accept(
          new Touch(trace.pasid(next), trace.page(next), trace.isWrite(next),
              trace.sizeBytes(next)));
    }
    await();
  }

  private void await() {
    if (next < trace.size()) {
      ctx.after(trace.atPs(next) - ctx.nowPs(), due);
    }
  }
}

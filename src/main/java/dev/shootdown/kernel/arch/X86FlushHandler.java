package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.protocol.FlushHandler;
import java.util.Optional;

/**
 * The receiver's half of x86's TLB flush (Linux {@code flush_tlb_func}, arch/x86/mm/tlb.c).
 *
 * <p>Another address space loaded: nothing. Lazy: switch away. Already at that generation: nothing.
 * Exactly one generation behind and a range given: page by page. Otherwise everything, so that two
 * racing partial flushes become full ones. Linux compares with the newest generation of the address
 * space, too, and a full flush brings the CPU up to that; this costs reading another CPU's cache
 * line, and can be switched off: then a few more flushes stay partial.
 */
public final class X86FlushHandler implements FlushHandler {
  private static final PageRange NOTHING = new PageRange(0, 0);

  private final Optional<KernelMap> newestIn;

  /** A handler that goes by what it is told. */
  public X86FlushHandler() {
    this(Optional.empty());
  }

  /** A handler that looks up the newest generation, if told where. */
  X86FlushHandler(Optional<KernelMap> newestIn) {
    this.newestIn = newestIn;
  }

  @Override
  public Decision decide(Context context, Flush flush, long newest) {
    if (flush.globalId()) {
      return new Decision(PageRange.ALL, flush.generation(), false, Walks.ALL, true);
    }
    if (context.mm() != flush.mm()) {
      return new Decision(NOTHING, context.generation(), false);
    }
    if (context.lazy()) {
      return new Decision(NOTHING, context.generation(), true);
    }
    if (flush.generation() <= context.generation()) {
      return new Decision(NOTHING, context.generation(), false);
    }
    boolean partial =
        !flush.range().isAll() && flush.generation() == context.generation() + 1
            && flush.generation() == newest;
    return partial
        ? new Decision(flush.range(), flush.generation(), false)
        : new Decision(PageRange.ALL, newest, false);
  }

  /** Only a flush that may be done page by page needs to know. */
  @Override
  public int newestAt(Context context, Flush flush) {
    boolean matters =
        context.mm() == flush.mm() && !context.lazy() && !flush.globalId()
            && flush.generation() > context.generation();
    return newestIn.isPresent() && matters ? newestIn.get().addressSpace(flush.mm()) : -1;
  }
}

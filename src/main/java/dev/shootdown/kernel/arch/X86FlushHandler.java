package dev.shootdown.kernel.arch;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.FlushHandler;

/**
 * The receiver's half of x86's TLB flush (Linux {@code flush_tlb_func}, arch/x86/mm/tlb.c).
 *
 * <p>Another address space loaded: nothing. Lazy: switch away. Already at that generation: nothing.
 * Exactly one generation behind and a range given: page by page. Otherwise everything, so that two
 * racing partial flushes become full ones. (Linux also compares with the newest generation of the
 * address space, which costs a remote read; without it a few more flushes stay partial.)
 */
public final class X86FlushHandler implements FlushHandler {
  private static final PageRange NOTHING = new PageRange(0, 0);

  @Override
  public Decision decide(Context context, int mm, long generation, PageRange range) {
    if (context.mm() != mm) {
      return new Decision(NOTHING, context.generation(), false);
    }
    if (context.lazy()) {
      return new Decision(NOTHING, context.generation(), true);
    }
    if (generation <= context.generation()) {
      return new Decision(NOTHING, context.generation(), false);
    }
    boolean partial = !range.isAll() && generation == context.generation() + 1;
    return new Decision(partial ? range : PageRange.ALL, generation, false);
  }
}

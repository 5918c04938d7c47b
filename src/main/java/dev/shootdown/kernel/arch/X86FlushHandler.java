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
 *
 * <p>A CPU that an interrupt for nothing has found in the mask leaves it: up to Linux 6.13 one that
 * was lazy, as switching away is what takes a CPU out of the mask; since 6.14 one that has switched
 * away before ({@link ArchSpec#keepMask}).
 */
public final class X86FlushHandler implements FlushHandler {
  private static final PageRange NOTHING = new PageRange(0, 0);

  private final Optional<KernelMap> map;
  private final boolean comparesNewest;
  private final boolean keepsMask;

  /** A handler that goes by what it is told, and tells nobody. */
  public X86FlushHandler() {
    this.map = Optional.empty();
    this.comparesNewest = false;
    this.keepsMask = false;
  }

  /** A handler of a CPU in that place, which looks up the newest generation if that is wanted. */
  X86FlushHandler(ArchSpec spec, Place place) {
    this.map = Optional.of(place.map());
    this.comparesNewest = spec.compareNewest();
    this.keepsMask = spec.keepMask();
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
    return comparesNewest && matters ? domain(flush) : -1;
  }

  @Override
  public int leavesAt(Context context, Flush flush) {
    boolean loaded = context.mm() == flush.mm();
    boolean leaves = keepsMask ? !loaded : loaded && context.lazy();
    return leaves && flush.mm() >= 0 && !flush.globalId() ? domain(flush) : -1;
  }

  private int domain(Flush flush) {
    return map.map(kernel -> kernel.addressSpace(flush.mm())).orElse(-1);
  }
}

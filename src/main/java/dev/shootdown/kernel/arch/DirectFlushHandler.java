package dev.shootdown.kernel.arch;

import dev.shootdown.protocol.FlushHandler;

/**
 * Drops what it is told, whatever is loaded, as instructions do that name the address space: RISC-V
 * sfence.vma, Power tlbiel, arm64 TLBI.
 *
 * <p>They spare paging-structure entries unless told otherwise. The kernel keeps no generations
 * there; here they only say whether an address space that comes back has missed something.
 */
public final class DirectFlushHandler implements FlushHandler {
  private final boolean maskable;
  private final boolean fullDropsWalks;

  /**
   * A handler.
   *
   * @param maskable whether it runs in the kernel, and not in firmware
   * @param fullDropsWalks whether a full flush reaches paging-structure entries in any case
   */
  DirectFlushHandler(boolean maskable, boolean fullDropsWalks) {
    this.maskable = maskable;
    this.fullDropsWalks = fullDropsWalks;
  }

  @Override
  public Decision decide(Context context, Flush flush, long newest) {
    boolean full = flush.range().isAll();
    boolean inStep =
        flush.generation() > context.generation()
            && (full || flush.generation() == context.generation() + 1);
    Walks walks =
        flush.freedTables() || full && fullDropsWalks
            ? full ? Walks.ALL : Walks.RANGE
            : Walks.KEEP;
    return new Decision(
        flush.range(), inStep ? flush.generation() : context.generation(), false, walks, false);
  }

  @Override
  public boolean isMaskable() {
    return maskable;
  }
}

package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;

/**
 * What a CPU's software does when it is told to flush: the receiver's half of the architecture's
 * rules. A pure function of the CPU's context, so that both sides of an interrupt share it.
 */
public interface FlushHandler {
  /**
   * What the CPU has loaded.
   *
   * @param mm the loaded address space, −1 for none
   * @param generation how far its TLB has been brought up to date
   * @param lazy whether it only keeps the tables loaded
   */
  record Context(int mm, long generation, boolean lazy) {}

  /**
   * What to do.
   *
   * @param range what to drop; zero pages for nothing, {@link PageRange#ALL} for everything
   * @param generation the generation afterwards
   * @param unload whether to switch away from the address space altogether
   */
  record Decision(PageRange range, long generation, boolean unload) {}

  /** Decides on a flush of {@code range} of {@code mm} that brings it to {@code generation}. */
  Decision decide(Context context, int mm, long generation, PageRange range);
}

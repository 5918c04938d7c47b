package dev.shootdown.replay;

import dev.shootdown.address.PageRange;
import java.util.List;

/**
 * Pages that a thread put migration entries in place of, one after the other: compaction,
 * move_pages and the like. The kernel flushes them together (Linux 6.3 and later,
 * migrate_pages_batch), and only then moves them.
 *
 * @param pages of 4 KiB, ascending, as runs without a gap; at least one
 */
public record MigrateCause(long atPs, int cpu, int tid, List<PageRange> pages) implements Cause {}

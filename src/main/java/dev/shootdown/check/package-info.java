/**
 * The judges: stale use, lost dirty bit, COW breach, no progress, open ledger. See only facts.
 *
 * <p>Judged so far: use of a freed frame through a cached translation or a DMA that goes on ({@link
 * StaleUseJudge}), breaches that the parts state themselves and locks left held ({@link
 * ProtocolJudge}), and whether every operation's time adds up ({@link Ledger}).
 *
 * <p>Not judged yet, so a clean verdict says nothing about them: a lost dirty bit, a write through
 * an entry that copy-on-write should have ended, a walk through a freed page-table page, and lack
 * of progress. Their names in {@link Verdict} are there for expectations and for a caller that
 * learns of them otherwise.
 */
package dev.shootdown.check;

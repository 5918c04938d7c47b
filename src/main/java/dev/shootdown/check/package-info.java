/**
 * The judges: stale use, lost dirty bit, COW breach, no progress, open ledger. See only facts.
 *
 * <p>Facts come to a {@link Court}, whose docket calls each for the judges that asked for its kind.
 * The judges share books, drawn from facts alone: a shadow of the page tables, who holds which
 * translation, which DMA goes on, who holds which lock. A run of page-table steps is stated when it
 * begins; the books let each step happen at its own time.
 *
 * <p>Judged:
 *
 * <ul>
 *   <li>{@link StaleUseJudge}: a freed frame is held, cached or used (stale-use).
 *   <li>{@link StaleWalkJudge}: so is a freed page-table page (stale-walk).
 *   <li>{@link RepointJudge}: a page gets another frame while the old one is held (cow-breach).
 *   <li>{@link CopyJudge} and {@link SharedFrameJudge}: writes that a copy misses, and writes to
 *       what fork or KSM shares (cow-breach).
 *   <li>{@link LostDirtyJudge}: a write to a clean frame that no dirty bit tells of (lost-dirty).
 *   <li>{@link RevokedRightJudge}: a right is used after the call that revoked it has returned
 *       (stale-use).
 *   <li>{@link PasidJudge}: a translation is used, or a page request answered, for an address space
 *       that got the PASID later (stale-use, protocol-breach).
 *   <li>{@link SubscriberJudge} and {@link BracketJudge}: the mmu_notifier contract
 *       (protocol-breach); {@link ProtocolJudge}: breaches that parts state themselves, and locks.
 *   <li>{@link LivenessJudge}: a lasso of facts, a retry budget, or an end without an answer
 *       (no-progress); {@link WorkJudge}: a CPU that waits for ever between two operations.
 *   <li>{@link Ledger}: whether every operation's time adds up; {@link CostJudge}: what coherence
 *       cost, without a verdict.
 * </ul>
 *
 * <p>Legal, and never told: stale entries while their frame lives and the call has not returned;
 * CPUs and vCPUs that hold what they don't use; entries with weaker rights than the table's; the
 * old of two frames that KSM merged; a 2 MiB and a 4 KiB entry side by side; announced windows of
 * deferred flushing.
 *
 * <p>Not judged, so a clean verdict says nothing about it: accessed bits; a walk that is inside a
 * page-table page while that is freed; a dirty bit that was cleared and never harvested; sizes that
 * must not be mixed on some architecture; the content that a device reads. Taken for granted: frame
 * and page-table numbers are not given out twice in a run, a PASID is the number of its address
 * space unless it is stated to be given out, and a change of a 2 MiB entry names all its 512 pages.
 * Where a page's history was not seen or is forgotten, nobody is accused on its account.
 */
package dev.shootdown.check;

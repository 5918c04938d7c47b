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
 *   <li>{@link StaleUseJudge}: a freed frame is held, cached or used (stale-use); where a guest's
 *       table and the host's make an entry together, {@link Stages}, by either table.
 *   <li>{@link StaleWalkJudge}: so is a freed page-table page (stale-walk).
 *   <li>{@link RepointJudge}: a page gets another frame while the old one is held (cow-breach).
 *   <li>{@link CopyJudge} and {@link SharedFrameJudge}: writes that a copy misses, and writes to
 *       what fork or KSM shares (cow-breach).
 *   <li>{@link LostDirtyJudge}: a write to a clean frame that no dirty bit tells of (lost-dirty).
 *   <li>{@link RevokedRightJudge}: a right is used after the call that revoked it has returned
 *       (stale-use).
 *   <li>{@link PasidJudge}: a translation is used, or a page request answered, for an address space
 *       that got the PASID later (stale-use, protocol-breach).
 *   <li>{@link SubscriberJudge}, {@link BracketJudge} and {@link SequenceJudge}: the mmu_notifier
 *       contract (protocol-breach); {@link ProtocolJudge}: breaches that parts state themselves,
 *       and locks.
 *   <li>{@link LivenessJudge}: a lasso, a retry budget, or an end without an answer (no-progress);
 *       {@link WorkJudge}: a CPU that waits for ever between two operations; {@link
 *       DeviceWorkJudge}: a device whose access or transfer is never answered.
 *   <li>{@link Ledger}: whether every operation's time adds up; {@link CostJudge}: what coherence
 *       cost, without a verdict.
 * </ul>
 *
 * <p>Judges see only facts, with one exception: where facts repeat and a lasso is claimed, {@link
 * SameState} compares the whole machine as it is at both ends of a cycle.
 *
 * <p>What is broken on purpose, part by part, to see each of them speak. The tests are in {@code
 * check} unless another room is named:
 *
 * <table>
 *   <caption>Invariants, who judges them, and which test breaks them</caption>
 *   <tr><th>invariant</th><th>judge</th><th>a broken part or path</th></tr>
 *   <tr><td>I1 no use after free</td><td>{@link StaleUseJudge}</td>
 *       <td>scenario.MutationTest (no commit, free before commit, no device flush, no drain, old
 *       walks cached); ReferenceMachineTest</td></tr>
 *   <tr><td>I2 no walk through a freed table</td><td>{@link StaleWalkJudge}</td>
 *       <td>scenario.JudgeMutantsTest (a freed table that the IOMMU isn't told of);
 *       StaleWalkJudgeTest; ReferenceMachineTest</td></tr>
 *   <tr><td>I3 order of repointing</td><td>{@link RepointJudge}</td>
 *       <td>scenario.MutationTest (a copy without a device flush)</td></tr>
 *   <tr><td>I4 copy on write</td><td>{@link CopyJudge}, {@link SharedFrameJudge}</td>
 *       <td>scenario.MutationTest (fork without a flush, migration that copies early)</td></tr>
 *   <tr><td>I5 dirty bits</td><td>{@link LostDirtyJudge}</td>
 *       <td>scenario.MutationTest (write-back before the flush)</td></tr>
 *   <tr><td>I6 KSM</td><td>{@link SharedFrameJudge}</td>
 *       <td>scenario.MutationTest (comparison before the flush)</td></tr>
 *   <tr><td>I7 return of the call</td><td>{@link RevokedRightJudge}</td>
 *       <td>scenario.MutationTest (munmap returns before the commit)</td></tr>
 *   <tr><td>I8 class-S fills</td><td>{@link SubscriberJudge}</td>
 *       <td>scenario.MutationTest (KVM without its test for brackets)</td></tr>
 *   <tr><td>I9 brackets, counts, sequences</td>
 *       <td>{@link BracketJudge}, {@link SubscriberJudge}, {@link SequenceJudge}</td>
 *       <td>scenario.BracketMutantsTest</td></tr>
 *   <tr><td>I10 liveness</td>
 *       <td>{@link LivenessJudge}, {@link WorkJudge}, {@link DeviceWorkJudge}</td>
 *       <td>scenario.LassoScenariosTest, scenario.LostMessagesTest, scenario.JudgeMutantsTest (a
 *       CPU that waits for one that hangs)</td></tr>
 *   <tr><td>I11 cost accounting</td><td>{@link Ledger}, {@link CostJudge}</td>
 *       <td>scenario.JudgeMutantsTest (a stretch that isn't booked); LedgerTest, CostJudgeTest</td>
 *       </tr>
 *   <tr><td>reuse of PASIDs; the parts' own rules</td>
 *       <td>{@link PasidJudge}; {@link ProtocolJudge}</td>
 *       <td>scenario.JudgeMutantsTest (no drain, no flush; a device that answers twice);
 *       protocol.Babble (each part, told anything)</td></tr>
 * </table>
 *
 * <p>Legal, and never told: stale entries while their frame lives and the call has not returned;
 * CPUs and vCPUs that hold what they don't use; entries with weaker rights than the table's; the
 * old of two frames that KSM merged; a 2 MiB and a 4 KiB entry side by side; announced windows of
 * deferred flushing.
 *
 * <p>Not judged, so a clean verdict says nothing about it: accessed bits; a walk from the root that
 * is inside a page-table page while that is freed; a dirty bit that was cleared and never
 * harvested; sizes that must not be mixed on some architecture; the content that a device reads; an
 * answer to an access that a user's own part was given, that was lost.
 * Taken for granted: frame and page-table numbers are not given out twice in a run, a PASID is the
 * number of its address space unless it is stated to be given out, and a change of a 2 MiB entry
 * names all its 512 pages. Where a page's history was not seen or is forgotten, nobody is accused
 * on its account.
 */
package dev.shootdown.check;

/**
 * Real kernel traces in, workloads and comparisons out.
 *
 * <p>The reading half: {@link dev.shootdown.replay.TraceReader} turns the text of trace-cmd or
 * tracefs into typed events and says what it could not use; {@link dev.shootdown.replay.Causes}
 * keeps what a workload did (system calls, page faults, switches);
 * {@link dev.shootdown.replay.AddressSpaces} finds out which threads share a page table;
 * {@link dev.shootdown.replay.Recorded} counts the flushes that the recorded kernel made of it.
 * Causes never depend on recorded effects, so a simulated run can be compared with the recorded
 * one without having seen the answer.
 */
package dev.shootdown.replay;

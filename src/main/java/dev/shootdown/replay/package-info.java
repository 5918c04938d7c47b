/**
 * Real kernel traces in, workloads and comparisons out.
 *
 * <p>Reading: {@link dev.shootdown.replay.TraceReader} turns the text of trace-cmd, tracefs or perf
 * into typed events, in bounded memory, and says what it could not use. Understanding: {@link
 * dev.shootdown.replay.Causes} keeps what a workload did (system calls, page faults, switches);
 * {@link dev.shootdown.replay.AddressSpaces} finds out which threads share a page table; {@link
 * dev.shootdown.replay.Recorded} counts the flushes that the recorded kernel made of it. Comparing:
 * {@link dev.shootdown.replay.Replay} runs the causes on a simulated machine. Judging: {@link
 * dev.shootdown.replay.TraceCheck} needs no simulation. Causes never depend on recorded effects, so
 * a simulated run can be compared with the recorded one without having seen the answer.
 */
package dev.shootdown.replay;

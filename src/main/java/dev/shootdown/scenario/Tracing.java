package dev.shootdown.scenario;

import dev.shootdown.hardware.cpu.CpuSpec;
import dev.shootdown.kernel.mm.Costs;

/**
 * What recording costs the recorded: each trace event on a CPU's way takes the same time.
 *
 * <p>Events on the way of a flush, as Linux 6.18 emits them: a system call has two; a flush has one
 * (tlb_flush); issuing an interrupt has three (tlb_flush with reason 4, csd_queue_cpu,
 * ipi_send_cpu); entering its handler has two (call_function_single_entry, csd_function_entry), and
 * leaving it two. The time per page has no event behind it; the recordings show it all the same.
 */
final class Tracing {
  private Tracing() {}

  static CpuSpec onto(CpuSpec spec, long eventPs) {
    return spec.withTimes(
        spec.flushPs() + eventPs, spec.ipiSendPs() + 3 * eventPs,
        spec.interruptEntryPs() + 2 * eventPs, spec.interruptExitPs() + 2 * eventPs);
  }

  static Costs onto(Scenario.Kernel kernel) {
    Costs costs = kernel.costs();
    return new Costs(
        costs.syscallPs() + 2 * kernel.tracing().eventPs(), costs.unmapPs(), costs.zapPs(),
        costs.protectPs(), costs.movePs(), costs.truncatePs(),
        costs.faultPs() + kernel.tracing().eventPs(), costs.ptePs(), costs.pageAllocPs(),
        costs.pageFreePs() + kernel.tracing().pagePs(), costs.gatherPs(), costs.work(),
        costs.shared());
  }
}

package dev.shootdown.kernel.iommu;

/**
 * The thread that serves page requests.
 *
 * @param entryPs from the record to the handler: interrupt, threaded handler, work queue, in ps
 * @param submitPs time to write an answer to the command queue, in ps
 * @param awaitsAnswer whether it waits until the IOMMU has taken the answer (Intel does; AMD and
 *     Arm don't)
 * @param failureCode what it writes for a failure: Linux's x86 drivers write 2, where the
 *     specification has 15
 */
public record IopfThreadSpec(
    long entryPs, long submitPs, boolean awaitsAnswer, int failureCode) {}

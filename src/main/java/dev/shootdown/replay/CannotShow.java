package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a trace cannot show, by the events that it has none of. */
final class CannotShow {
  private CannotShow() {}

  static List<String> of(Reading reading) {
    List<String> sentences = new ArrayList<>();
    if (!hasAny(reading, "tlb_flush")) {
      sentences.add("no tlb_flush: whether a CPU flushed is unknown, so no call was judged");
    }
    if (!hasAny(reading, "csd_queue_cpu", "ipi_send_cpumask")) {
      sentences.add("no csd or ipi_send_cpumask: which flushes were really sent is unknown");
    }
    if (!hasAny(reading, "page_fault_user")) {
      sentences.add("no page_fault_user: what was mapped is known from MADV_POPULATE alone");
    }
    if (!hasAny(reading, "sched_switch")) {
      sentences.add("no sched_switch: who ran elsewhere is unknown, so no call was judged");
    }
    if (!hasAny(reading, "kvm_unmap_hva_range")) {
      sentences.add("no kvm_unmap_hva_range: whether notifiers were called is unknown");
    }
    if (hasAny(reading, "kvm_page_fault")) {
      sentences.add("kvm_page_fault names guest addresses, and no event where they lie in the host:"
          + " whether an invalidation overlapped a guest's fill is unknown");
    }
    if (!hasAny(reading, "prq_report")) {
      sentences.add("no prq_report: whether an invalidation overlapped a device's fill is unknown");
    }
    if (!hasAny(reading, "qi_submit", "cache_tag_flush_range", "cache_tag_flush_all", "unmap")) {
      sentences.add("no event of an IOMMU: what devices may still reach is unknown");
    }
    sentences.add("the end of a notifier's bracket has no event in any kernel: how long a consumer"
        + " was held off is unknown");
    sentences.add("no event says which translation a CPU or device cached or used: the judges were"
        + " asked about a use that hardware may make at any time, so a finding is a right that was"
        + " left, and a stale use is not shown");
    sentences.add("tlb_flush names no address: a flush within a call counts for all of its range");
    sentences.add("no event says when a frame was freed or copied: what outlived its frame is"
        + " unknown");
    if (reading.count(Trouble.LOST_EVENTS) > 0) {
      sentences.add("the recorder lost " + reading.count(Trouble.LOST_EVENTS)
          + " events: a missing flush may be a missing line");
    }
    return Collections.unmodifiableList(sentences);
  }

  private static boolean hasAny(Reading reading, String... events) {
    for (String event : events) {
      if (reading.count(event) > 0) {
        return true;
      }
    }
    return false;
  }
}

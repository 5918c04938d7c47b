package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges what a recorded trace itself shows of its kernel, and says what it cannot show.
 *
 * <ol>
 * <li><b>flush-missing</b>: a call took rights or pages away that a fault or MADV_POPULATE had put
 * there, and a CPU on which a thread of the same address space was for all of the call was not made
 * to flush. What that CPU may have cached is put before the judges of simulated runs ({@link
 * HeldRights}); what they object to is found.
 * <li><b>flush-elsewhere</b>: it meant to have others flush (reason 4), such a thread was there,
 * and nothing was queued for it. A hypervisor that flushes when the vCPU next runs explains it, and
 * no line tells it from a lost flush: reported, but no violation.
 * <li><b>fault-in-flight</b>: another thread faulted on a page while a call was taking it away.
 * This is legal and the interesting moment: a fill may have raced with the invalidation.
 * <li><b>fill-overlapped</b>: the same of a device: an invalidation of its PASID covered a page
 * that it had asked for and that had not been answered.
 * <li><b>unmap-size</b>: an IOMMU unmapped other bytes than it was asked for.
 * <li><b>remapped-unflushed</b>: I/O addresses were mapped again although no invalidation of the
 * IOTLB came in between, so a stale entry for the old page may have lived on.
 * </ol>
 */
public final class TraceCheck {
  private static final int FINDINGS_MAX = 100;

  private final Recording recording;
  private final AddressSpaces spaces;
  private final Map<Kind, Long> counts = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  /** What can be found. */
  public enum Kind {
    /** Nobody flushed what had to be flushed. */
    FLUSH_MISSING("flush-missing", true),
    /** A flush was meant for a running CPU and not queued; paravirtual flushes do so. */
    FLUSH_ELSEWHERE("flush-elsewhere", false),
    /** A page was faulted in while it was being taken away. */
    FAULT_IN_FLIGHT("fault-in-flight", false),
    /** A device's page request was invalidated before it was answered. */
    FILL_OVERLAPPED("fill-overlapped", false),
    /** More or less was unmapped than was asked for. */
    UNMAP_SIZE("unmap-size", true),
    /** Mapped again without an invalidation in between. */
    REMAPPED_UNFLUSHED("remapped-unflushed", true);

    private final String text;
    private final boolean violation;

    Kind(String text, boolean violation) {
      this.text = text;
      this.violation = violation;
    }

    /** Its name. */
    public String text() {
      return text;
    }

    /** Whether it speaks against the kernel, rather than being worth a look. */
    public boolean isViolation() {
      return violation;
    }
  }

  /**
   * Something that was found.
   *
   * @param line of the trace
   * @param text one sentence
   */
  public record Finding(Kind kind, int line, String text) {}

  /**
   * What a check came to.
   *
   * @param findings the first of them, in the order of the trace
   * @param counts how many there are of each kind
   * @param judged how many calls and unmaps could be judged
   * @param cannotShow what this trace does not show, a sentence each
   */
  public record Result(
      List<Finding> findings, Map<Kind, Long> counts, long judged, List<String> cannotShow) {
    /** Whether anything speaks against the kernel. */
    public boolean isViolation() {
      return counts.keySet().stream().anyMatch(Kind::isViolation);
    }
  }

  private TraceCheck(Recording recording) {
    this.recording = recording;
    Causes causes = Causes.of(recording);
    this.spaces = AddressSpaces.infer(causes.list(), causes.names(), recording.groups());
  }

  /** Checks a recording. */
  public static Result of(Recording recording) {
    return new TraceCheck(recording).result();
  }

  private Result result() {
    CallCheck calls = new CallCheck(recording, spaces, this::found);
    calls.run();
    IommuCheck iommu = new IommuCheck(this::found);
    iommu.run(recording);
    findings.sort((a, b) -> Integer.compare(a.line(), b.line()));
    List<Finding> first = findings.subList(0, Math.min(FINDINGS_MAX, findings.size()));
    return new Result(Collections.unmodifiableList(new ArrayList<>(first)),
        Collections.unmodifiableMap(counts), calls.judged() + iommu.judged(),
        CannotShow.of(recording.reading()));
  }

  private void found(Finding finding) {
    counts.merge(finding.kind(), 1L, Long::sum);
    if (findings.size() < 10 * FINDINGS_MAX) {
      findings.add(finding);
    }
  }
}

package dev.shootdown.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What reading a trace came to: nothing is dropped without a count here.
 *
 * @param form which text it was
 * @param lineCount lines of the file, headers included
 * @param cpuCount CPUs the header declares, or one more than the highest seen
 * @param eventCounts lines per event name, a system call as {@code sys_enter_} and {@code
 *     sys_exit_} in both forms
 * @param unusedNames events that the product has no use for, by name
 * @param findings per trouble that occurred: how often, and where first
 */
public record Reading(
    TextForm form,
    int lineCount,
    int cpuCount,
    SortedMap<String, Integer> eventCounts,
    SortedSet<String> unusedNames,
    SortedMap<Trouble, Finding> findings) {

  private static final int NAMES_SHOWN = 8;

  /**
   * How often, and where first.
   *
   * @param firstLine line of the file, from 1
   */
  public record Finding(long count, int firstLine) {}

  /** How often that trouble occurred. */
  public long count(Trouble trouble) {
    Finding finding = findings.get(trouble);
    return finding == null ? 0 : finding.count();
  }

  /** How many lines of that event were read. */
  public int count(String eventName) {
    return eventCounts.getOrDefault(eventName, 0);
  }

  /** One line per trouble, for a person. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    findings.forEach((trouble, finding) -> remarks.add(finding.count() + " " + trouble.plural()
        + (trouble == Trouble.UNUSED_EVENT ? ": " + unusedText() : "")
        + " (first at line " + finding.firstLine() + ")"));
    return remarks;
  }

  private String unusedText() {
    List<String> names = List.copyOf(unusedNames);
    String text = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
    return names.size() > NAMES_SHOWN
        ? text + " and " + (names.size() - NAMES_SHOWN) + " more" : text;
  }
}

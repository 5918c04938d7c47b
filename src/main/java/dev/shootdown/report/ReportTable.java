package dev.shootdown.report;

import java.util.List;

/**
 * A table of a report, in the words that a person reads.
 *
 * @param name short, for programs: small letters and dashes
 * @param caption one line, with the units that the header does not have
 * @param header the columns
 * @param rows as many cells each as there are columns
 */
public record ReportTable(
    String name, String caption, List<String> header, List<List<String>> rows) {
  /** Refuses rows that don't fit the header. */
  public ReportTable {
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(
            name + ": a row of " + row.size() + " under a header of " + header.size());
      }
    }
  }

  /** Whether there is nothing in it. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }
}

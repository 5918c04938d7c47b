package dev.shootdown.audit;

/**
 * Which cell: a call site, a kernel, a consumer.
 *
 * @param row such as {@code mremap}
 * @param column such as {@code B:at-end}
 * @param consumer such as {@code vtd-ats}
 */
public record CellName(String row, String column, String consumer) {
  private static final int PARTS = 3;

  /**
   * Takes {@code ROW/COLUMN/CONSUMER} apart.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static CellName parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != PARTS) {
      throw new IllegalArgumentException(
          "'" + text + "' is no cell; write ROW/COLUMN/CONSUMER, such as mremap/B/vtd-ats");
    }
    return new CellName(parts[0], parts[1], parts[2]);
  }

  /** As a person writes it. */
  public String text() {
    return row + "/" + column + "/" + consumer;
  }
}

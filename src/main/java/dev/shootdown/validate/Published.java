package dev.shootdown.validate;

/**
 * A figure that somebody measured, as it stands in a CSV file.
 *
 * @param id its name, unique in the file
 * @param source who published it
 * @param x what it was measured at; a number, or a word such as {@code all}
 * @param xUnit unit of {@code x}
 * @param value the figure
 * @param unit its unit
 * @param setting under which circumstances
 */
public record Published(
    String id, String source, String x, String xUnit, double value, String unit, String setting) {
}

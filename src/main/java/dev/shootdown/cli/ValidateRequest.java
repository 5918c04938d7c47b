package dev.shootdown.cli;

import java.util.List;
import java.util.Optional;

/**
 * What {@code validate} was asked for.
 *
 * @param items such as {@code C1}; all if empty
 * @param settings {@code path=value} on top of every machine
 * @param own a user's own measurements instead of the items
 */
record ValidateRequest(
    List<String> items, List<String> settings, Optional<Own> own, ValidateFormat format,
    Progress.Manner progress) {
  /**
   * A user's own measurements.
   *
   * @param data the CSV
   * @param machine a name from scenarios/machines, or a file; null if the scenario has its own
   * @param scenario a scenario file, with {@code :VARIANT} if it has some
   */
  record Own(String data, String machine, String scenario) {}
}

package dev.shootdown.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a node is. */
record ClusterAddress(String host, int port) {
  private static final Pattern PLACE = Pattern.compile("(\\S+):(\\d{1,5})");

  private static final int PORT_MAX = 65_535;

  /**
   * Reads {@code HOST:PORT}.
   *
   * @param option what took it
   * @throws CliProblem if it is none
   */
  static ClusterAddress of(String option, String text) {
    Matcher place = PLACE.matcher(text);
    int port = place.matches() ? Integer.parseInt(place.group(2)) : 0;
    if (port < 1 || port > PORT_MAX) {
      throw CliProblem.usage(
          option + " takes HOST:PORT, such as 127.0.0.1:25520, not " + text);
    }
    return new ClusterAddress(place.group(1), port);
  }
}

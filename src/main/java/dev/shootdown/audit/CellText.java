package dev.shootdown.audit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** A cell's result as a line of JSON behind its checksum, and back. */
final class CellText {
  private static final int SUM_DIGITS = 8;

  private CellText() {}

  /** The line, without a line feed. */
  static String line(CellResult result) {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("cell", result.name().text());
    tree.put("state", result.state().name());
    tree.put("why", result.why());
    tree.put("schedules", result.tried().schedules());
    tree.put("late", result.tried().late());
    tree.put("drawn", result.tried().drawn());
    tree.put("every", result.tried().everyMessage());
    tree.put("without", result.tried().cleanWithout());
    result.shown().ifPresent(
        shown -> {
          tree.put("schedule", shown.schedule());
          tree.put("how", shown.how());
          tree.put("verdict", shown.verdict());
          tree.put("witness", shown.witness());
        });
    Cost cost = result.cost();
    tree.put("operations", cost.operations());
    tree.put("requests", cost.requests());
    tree.put("flushes", cost.flush().count());
    tree.put("p50", cost.flush().p50Ps());
    tree.put("p99", cost.flush().p99Ps());
    tree.put("asked", cost.width().requestedPages());
    tree.put("flushed", cost.width().flushedPages());
    tree.put("toAll", cost.width().toAll());
    tree.put("underTables", cost.held().underTablesPs());
    tree.put("interruptsOff", cost.held().interruptsOffPs());
    tree.put("stolen", cost.held().stolenPs());
    return summed(
        ConfigValueFactory.fromMap(tree).render(ConfigRenderOptions.concise()));
  }

  /** {@code text} behind its checksum. */
  static String summed(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x %s", sum.getValue(), text);
  }

  /** The text behind a checksum; empty if it isn't its. */
  static Optional<String> checked(String line) {
    if (line.length() <= SUM_DIGITS) {
      return Optional.empty();
    }
    String text = line.substring(SUM_DIGITS + 1);
    return summed(text).equals(line) ? Optional.of(text) : Optional.empty();
  }

  /** The result that a line has; empty if the line is damaged. */
  static Optional<CellResult> read(String line) {
    return checked(line).flatMap(CellText::parsed);
  }

  private static Optional<CellResult> parsed(String json) {
    try {
      Config at = ConfigFactory.parseString(json);
      Optional<CellResult.Shown> shown =
          at.hasPath("verdict")
              ? Optional.of(
                  new CellResult.Shown(
                      at.getInt("schedule"), at.getString("how"), at.getString("verdict"),
                      at.getString("witness")))
              : Optional.empty();
      Cost cost =
          new Cost(
              at.getLong("operations"), at.getLong("requests"),
              new Cost.Latency(at.getLong("flushes"), at.getLong("p50"), at.getLong("p99")),
              new Cost.Width(at.getLong("asked"), at.getLong("flushed"), at.getLong("toAll")),
              new Cost.Held(
                  at.getLong("underTables"), at.getLong("interruptsOff"), at.getLong("stolen")));
      return Optional.of(
          new CellResult(
              CellName.parse(at.getString("cell")),
              CellResult.State.valueOf(at.getString("state")), at.getString("why"),
              new CellResult.Tried(
                  at.getInt("schedules"), at.getInt("late"), at.getInt("drawn"),
                  at.getBoolean("every"), at.getInt("without")),
              shown, cost));
    } catch (ConfigException | IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }
}

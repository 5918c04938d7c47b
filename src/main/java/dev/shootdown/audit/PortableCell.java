package dev.shootdown.audit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cell with all that is needed to judge it elsewhere, as text: a node that takes it needs no
 * file.
 *
 * @param operation the kind of operation whose cost is measured
 * @param reproduce what shows the cell again
 * @param settings {@code path=value} on top of the shipped machine
 */
record PortableCell(
    CellName name, String operation, String reproduce, ScheduleSpec schedules,
    List<String> settings) {
  byte[] toBytes() {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("cell", name.text());
    tree.put("operation", operation);
    tree.put("reproduce", reproduce);
    tree.put("settings", settings);
    tree.put("budget", schedules.budget());
    tree.put("lateMost", schedules.lateMost());
    tree.put("lead", schedules.leadPs());
    tree.put("delay", schedules.delayPs());
    tree.put("shift", schedules.shiftPs());
    tree.put(
        "late",
        schedules.late().stream()
            .map(late -> Map.of("wire", late.wire(), "message", late.message())).toList());
    tree.put(
        "draws",
        schedules.draws().stream()
            .map(
                draw ->
                    Map.of(
                        "wires", draw.wires(), "kind", draw.kind().name(), "times", draw.times()))
            .toList());
    return ConfigValueFactory.fromMap(tree).render(ConfigRenderOptions.concise())
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What {@link #toBytes} wrote.
   *
   * @throws com.typesafe.config.ConfigException if it is nothing of the kind
   */
  static PortableCell of(byte[] bytes) {
    Config at = ConfigFactory.parseString(new String(bytes, StandardCharsets.UTF_8));
    ScheduleSpec schedules =
        new ScheduleSpec(
            at.getInt("budget"), at.getInt("lateMost"), at.getLong("lead"), at.getLong("delay"),
            at.getConfigList("late").stream()
                .map(
                    late ->
                        new ScheduleSpec.Late(late.getString("wire"), late.getString("message")))
                .toList(),
            at.getConfigList("draws").stream()
                .map(
                    draw ->
                        new ScheduleSpec.Draw(
                            draw.getStringList("wires"),
                            draw.getEnum(ScheduleSpec.Kind.class, "kind"), draw.getInt("times")))
                .toList(),
            at.getLong("shift"));
    return new PortableCell(
        CellName.parse(at.getString("cell")), at.getString("operation"),
        at.getString("reproduce"), schedules, at.getStringList("settings"));
  }
}

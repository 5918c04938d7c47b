package dev.shootdown.audit;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problems;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes scenarios of cells, once for all schedules of a cell. */
final class CellLoader {
  private final AuditSpec spec;
  private final Path relativeTo;

  CellLoader(AuditSpec spec, Path relativeTo) {
    this.spec = spec;
    this.relativeTo = relativeTo;
  }

  /** Why there is no such cell, if there is none. */
  Optional<String> reasonAgainst(Row row, Column column, Consumer consumer) {
    if (row.absent().isPresent()) {
      return row.absent();
    }
    String era = column.era().name();
    if (consumer.notInEra().containsKey(era)) {
      return Optional.of("era " + era + ": " + consumer.notInEra().get(era));
    }
    String arch = arch(column, consumer);
    if (!consumer.archs().contains(arch)) {
      return Optional.of(
          consumer.name() + " is not found on " + arch + ", only on "
              + String.join(", ", consumer.archs()));
    }
    Optional<String> against = column.policy().reasonAgainst(column.era());
    if (against.isPresent()) {
      return against;
    }
    return spec.steps().has(row.path(), column.era(), family(arch))
        ? Optional.empty()
        : Optional.of("'" + row.path() + "' has no steps in era " + era + " on " + arch);
  }

  /** The architecture of a cell. */
  static String arch(Column column, Consumer consumer) {
    return column.arch().orElse(consumer.archs().get(0));
  }

  private static String family(String arch) {
    int hyphen = arch.indexOf('-');
    return hyphen < 0 ? arch : arch.substring(0, hyphen);
  }

  /**
   * The scenario of a cell.
   *
   * @throws ConfigProblems with every problem of it, where it was written
   */
  Variant load(Row row, Column column, Consumer consumer) {
    ConfigObject overlay = overlay(row, column, consumer);
    try {
      return Scenarios.variantOf(AuditLoader.PROFILE, settings(overlay));
    } catch (ConfigProblems wrong) {
      Problems problems = new Problems(relativeTo);
      AuditLoader.placed(wrong, overlay, problems);
      throw new ConfigProblems(problems.list());
    }
  }

  /** What makes the shipped machine the cell's, as {@code path=value}. */
  List<String> settings(Row row, Column column, Consumer consumer) {
    return settings(overlay(row, column, consumer));
  }

  private List<String> settings(ConfigObject overlay) {
    List<String> assignments = new ArrayList<>(Overlays.assignments(overlay));
    assignments.addAll(spec.overrides());
    return assignments;
  }

  private ConfigObject overlay(Row row, Column column, Consumer consumer) {
    Consumer.Setup setup = consumer.setup();
    ConfigObject overlay = Overlays.over(spec.base(), spec.common());
    overlay = Overlays.over(bound(row.overlay(), setup.devices()), overlay);
    overlay = Overlays.over(Overlays.filled(setup.overlay(), row), overlay);
    ConfigObject ofEra =
        setup.byEra().getOrDefault(column.era().name(), Overlays.empty());
    overlay = Overlays.over(ofEra, overlay);
    overlay = Overlays.over(accesses(row, setup, column.policy().defers()), overlay);
    overlay = Overlays.over(column.overlay(), overlay);
    return overlay.toConfig()
        .withValue("kernel.era", text(column.era().name()))
        .withValue("kernel.policy", text(column.policy().name()))
        .withValue("kernel.arch", text(arch(column, consumer)))
        .root();
  }

  private static ConfigValue text(String text) {
    return ConfigValueFactory.fromAnyRef(text);
  }

  /** The row's first process is bound to the consumer's devices. */
  private static ConfigObject bound(ConfigObject overlay, List<String> devices) {
    if (!(overlay.get("processes") instanceof ConfigList processes) || processes.isEmpty()
        || !(processes.get(0) instanceof ConfigObject first) || first.containsKey("devices")) {
      return overlay;
    }
    List<ConfigValue> all = new ArrayList<>(processes);
    all.set(0, first.withValue("devices", ConfigValueFactory.fromIterable(devices)));
    ConfigValue list =
        ConfigValueFactory.fromIterable(all).withOrigin(processes.origin());
    return overlay.withValue("processes", list);
  }

  private static ConfigObject accesses(Row row, Consumer.Setup setup, boolean queued) {
    if (setup.into().isEmpty()) {
      return Overlays.empty();
    }
    List<ConfigValue> entries = new ArrayList<>();
    for (Row.Access access : row.accesses()) {
      ConfigObject given =
          Overlays.empty()
              .withValue("area", text(access.area()))
              .withValue("page", ConfigValueFactory.fromAnyRef(access.page()))
              .withValue("access", text(access.access()));
      entries.add(setup.entry().withFallback(given));
      if (queued && !setup.afterQueue().isEmpty()) {
        entries.add(setup.afterQueue().withFallback(setup.entry()).withFallback(given));
      }
    }
    return Overlays.empty().toConfig()
        .withValue(setup.into(), ConfigValueFactory.fromIterable(entries)).root();
  }
}

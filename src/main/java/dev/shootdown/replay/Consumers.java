package dev.shootdown.replay;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The audit's consumers, as far as a replay can attach them: those that translate through an IOMMU
 * or not at all. The others follow a process's areas, of which a trace says nothing.
 */
final class Consumers {
  /** Those that can be attached. */
  static final List<String> NAMES = List.of("vtd-ats", "amd", "smmu-ats", "iommuv2", "pinned");

  private static final String FILE = "audit.conf";
  private static final String PARTS = "machine.parts";

  private Consumers() {}

  /** One of them: what the audit's file says of it. */
  record Consumer(String name, Config spec) {

    /**
     * What makes it part of a machine, as {@code path=value}: its parts beside the machine's own,
     * its driver, and its architecture where the machine's is none that has it.
     *
     * @param machine the machine's configuration
     * @param machineName for messages
     * @throws IllegalArgumentException if the two do not go together
     */
    List<String> overrides(ConfigObject machine, String machineName) {
      Config base = machine.toConfig();
      String era = base.getString("kernel.era");
      if (spec.hasPath("not-in-era." + era)) {
        throw new IllegalArgumentException("consumer " + name + " does not exist in era " + era
            + ": " + spec.getString("not-in-era." + era));
      }
      List<String> overrides = new ArrayList<>();
      keys(overrides, spec.getConfig("overlay"));
      if (spec.hasPath("by-era." + era)) {
        keys(overrides, spec.getConfig("by-era." + era));
      }
      List<String> archs = spec.getStringList("archs");
      if (!archs.contains(base.getString("kernel.arch"))) {
        overrides.add("kernel.arch=" + archs.get(0));
      }
      overrides.add(PARTS + "=" + parts(base, machineName));
      return overrides;
    }

    private static void keys(List<String> overrides, Config layer) {
      if (layer.hasPath("kernel")) {
        TreeMap<String, ConfigValue> sorted = new TreeMap<>();
        layer.getConfig("kernel").entrySet().forEach(
            entry -> sorted.put(entry.getKey(), entry.getValue()));
        sorted.forEach((key, value) -> overrides.add("kernel." + key + "=" + text(value)));
      }
    }

    private String parts(Config base, String machineName) {
      List<ConfigValue> all = new ArrayList<>(base.getList(PARTS));
      TreeSet<String> names = new TreeSet<>();
      int highestSocket = 0;
      for (ConfigValue part : all) {
        Config own = ((ConfigObject) part).toConfig();
        names.add(own.getString("name"));
        highestSocket = Math.max(highestSocket, number(own));
      }
      ConfigList added = spec.getList("overlay." + PARTS);
      for (ConfigValue part : added) {
        Config own = ((ConfigObject) part).toConfig();
        if (!names.contains(own.getString("name"))) {
          all.add(own.hasPath("socket") && number(own) > highestSocket
              ? ((ConfigObject) part).withValue(
                  "socket", ConfigValueFactory.fromAnyRef(highestSocket))
              : part);
        } else if (!own.getString("type").equals("memory")) {
          throw new IllegalArgumentException("consumer " + name + " brings a part "
              + own.getString("name") + ", and the machine " + machineName
              + " has one of that name; take a machine without devices");
        }
      }
      return text(ConfigValueFactory.fromIterable(all));
    }

    /** The socket, 0 if it is left to the defaults or to a range of parts. */
    private static int number(Config part) {
      if (!part.hasPath("socket")) {
        return 0;
      }
      String socket = part.getString("socket");
      return socket.matches("\\d{1,4}") ? Integer.parseInt(socket) : 1;
    }

    private static String text(ConfigValue value) {
      return value.render(ConfigRenderOptions.concise());
    }
  }

  /**
   * A consumer, or nothing if the audit knows none of that name.
   *
   * @throws IllegalArgumentException if the audit knows it and a replay cannot attach it
   */
  static Optional<Consumer> named(String name) {
    Problems problems = new Problems();
    Config whole = ConfigFiles.profile(FILE, List.of(), problems).toConfig();
    problems.throwIfAny();
    ConfigObject known = whole.getObject("audit.consumers");
    if (!(known.get(name) instanceof ConfigObject spec)) {
      return Optional.empty();
    }
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException("consumer " + name + " is not modelled in a replay: it"
          + " follows areas of a process, which a trace does not name; there are " + NAMES);
    }
    return Optional.of(new Consumer(name, spec.toConfig()));
  }
}

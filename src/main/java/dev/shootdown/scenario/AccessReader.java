package dev.shootdown.scenario;

import dev.shootdown.address.Access;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Scale;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.DmaTrace;
import dev.shootdown.kernel.mm.Action;
import dev.shootdown.scenario.Scenario.DevicePart;
import dev.shootdown.scenario.Scenario.Process;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a file of accesses: a header {@code time,part,op,addr,len}, then a line for each access.
 * Empty lines and those that begin with # say nothing. Each bad line is a problem of its own, up to
 * a number of them.
 */
final class AccessReader {
  /** The most pages that all accesses together touch, counted each time. */
  static final int PAGES_MOST = 1 << 20;

  private static final String HEADER = "time,part,op,addr,len";
  private static final int FIELDS = 5;
  private static final int TOLD_MOST = 20;
  private static final int PAGE_BYTES = 4096;

  /** A part of the file, and how far it has come. */
  private static final class Progress {
    private final AccessTarget target;
    private long atPs;
    private int line;
    private long pages;

    Progress(AccessTarget target) {
      this.target = target;
    }
  }

  private final Settings root;
  private final Scenario.Machine machine;
  private final List<Process> processes;
  private final Names names;
  private final AccessPlaces places;
  private final Map<String, Progress> parts = new LinkedHashMap<>();
  private final Map<String, DeviceAccesses> devices = new TreeMap<>();
  private final Map<String, CpuAccesses> cpus = new TreeMap<>();
  private String file = "";
  private int line;
  private boolean begun;
  private boolean full;
  private long pages;
  private int bad;

  AccessReader(
      Settings root, Scenario.Machine machine, List<Process> processes, Names names) {
    this.root = root;
    this.machine = machine;
    this.processes = processes;
    this.names = names;
    this.places = new AccessPlaces(processes);
  }

  /**
   * The accesses of devices, by name. Those of CPUs become work, and those of other parts are
   * handed to their families.
   *
   * @param work of CPUs, which has their accesses afterwards
   * @param servers CPUs that serve page requests
   */
  Map<String, DmaTrace> read(Map<String, List<Action>> work, List<String> servers) {
    Map<String, DmaTrace> traces = new TreeMap<>();
    if (!root.has(AccessFile.KEY)) {
      return traces;
    }
    Settings at = root.child(AccessFile.KEY);
    file = at.text(AccessFile.NAME);
    String digest = at.text(AccessFile.DIGEST);
    String content = at.text(AccessFile.CONTENT);
    at.finish();
    try {
      AccessFile.lines(content, digest, this::onLine);
    } catch (IllegalArgumentException damaged) {
      at.problem(
          AccessFile.CONTENT,
          damaged.getMessage() + "; write accesses = \"FILE\" instead of this object");
      return traces;
    }
    finish();
    for (String cpu : cpus.keySet()) {
      if (work.containsKey(cpu) || servers.contains(cpu)) {
        at.problems().addAt(
            file + ":" + parts.get(cpu).line, "",
            "'" + cpu + "' has a workload in the scenario as well; leave one of the two out");
      }
      work.put(cpu, cpus.get(cpu).actions());
    }
    devices.forEach((name, accesses) -> traces.put(name, accesses.trace()));
    return traces;
  }

  private void finish() {
    if (!begun) {
      root.problems().addAt(file, "", "holds nothing; its first line must be " + HEADER);
    } else if (parts.isEmpty() && bad == 0) {
      root.problems().addAt(
          file, "", "holds no access; behind the header write lines such as "
              + "1.5us,nic0,read,0x7f0000000000,64");
    }
    if (bad > TOLD_MOST) {
      root.problems().addAt(
          file, "", bad + " lines are wrong; the first " + TOLD_MOST + " are told");
    }
  }

  private void onLine(String text) {
    line++;
    if (full || text.isBlank() || text.startsWith("#")) {
      return;
    }
    try {
      if (!begun) {
        begun = true;
        header(text);
      } else {
        row(text.split(",", -1));
      }
    } catch (IllegalArgumentException wrong) {
      complain(wrong.getMessage(), Problem.Kind.WRONG);
    }
  }

  private void complain(String message, Problem.Kind kind) {
    if (++bad <= TOLD_MOST) {
      root.problems().add(new Problem(file + ":" + line, "", message, kind));
    }
  }

  private void header(String text) {
    if (text.replace(" ", "").equals(HEADER)) {
      return;
    }
    full = true;
    throw new IllegalArgumentException(
        "the first line must be the header " + HEADER + ", not " + quoted(text));
  }

  private void row(String[] fields) {
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException(
          "has " + fields.length + (fields.length == 1 ? " field" : " fields") + ", not the "
              + FIELDS + " of " + HEADER);
    }
    long atPs = time(fields[0].strip());
    Progress part = part(fields[1].strip());
    if (part == null) {
      return;
    }
    Access access = access(fields[2].strip());
    long bytes = bytes(fields[4].strip());
    AccessPlaces.Spot spot = places.spot(fields[3].strip(), part.target.spaces(), bytes);
    if (atPs < part.atPs) {
      throw new IllegalArgumentException(
          "time goes backwards: '" + fields[1].strip() + "' was at " + Scale.TIME.show(part.atPs)
              + " in line " + part.line + "; order the lines of a part by time");
    }
    part.atPs = atPs;
    part.line = line;
    take(part, fields[1].strip(), new AccessRow(atPs, spot.mm(), spot.address(), bytes, access));
  }

  private void take(Progress part, String name, AccessRow row) {
    part.pages += row.pages().pages();
    pages += row.pages().pages();
    if (pages > PAGES_MOST || part.pages > part.target.pagesMost()) {
      full = true;
      throw new IllegalArgumentException(
          pages > PAGES_MOST
              ? "more than " + PAGES_MOST + " accesses, counted by page; take a part of the file"
              : "more than " + part.target.pagesMost() + " accesses of '" + name
                  + "', counted by page; only devices take up to " + PAGES_MOST);
    }
    part.target.add(row);
  }

  private static long time(String text) {
    boolean unit = !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
    return Scale.TIME.parse(unit ? text : text + "ns");
  }

  private static Access access(String text) {
    return switch (text) {
      case "read" -> Access.READ;
      case "write" -> Access.WRITE;
      default -> throw new IllegalArgumentException(
          "op must be read or write, not " + quoted(text)
              + Nearest.to(text, List.of("read", "write"))
                  .map(near -> "; did you mean '" + near + "'?").orElse(""));
    };
  }

  private static long bytes(String text) {
    if (!text.matches("-?[0-9]{1,15}")) {
      throw new IllegalArgumentException(
          "len must be a number of bytes such as 64, not " + quoted(text));
    }
    long bytes = Long.parseLong(text);
    if (bytes < 1 || bytes > (long) PAGES_MOST * PAGE_BYTES) {
      throw new IllegalArgumentException(
          "len must be 1 byte at least" + (bytes < 1 ? "" : " and 4 GiB at most") + ", not "
              + bytes);
    }
    return bytes;
  }

  private static String quoted(String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  /** The part of that name; null if it is one that takes no accesses out of a file. */
  private Progress part(String name) {
    Progress known = parts.get(name);
    if (known != null) {
      return known;
    }
    AccessTarget target = target(name);
    if (target == null && names.parts().contains(name)) {
      complain(
          "'" + name + "' takes no accesses out of a file; CPUs, devices and GPUs do",
          Problem.Kind.NOT_MODELLED);
      return null;
    }
    if (target == null) {
      throw new IllegalArgumentException(
          "there is no part '" + name + "'"
              + Nearest.to(name, names.parts()).map(near -> "; did you mean '" + near + "'?")
                  .orElse(""));
    }
    Progress part = new Progress(target);
    parts.put(name, part);
    return part;
  }

  private AccessTarget target(String name) {
    if (machine.cpus().stream().anyMatch(cpu -> cpu.name().equals(name))) {
      return cpus.computeIfAbsent(name, none -> new CpuAccesses(processes.size()));
    }
    for (int i = 0; i < machine.devices().size(); i++) {
      DevicePart device = machine.devices().get(i);
      if (device.name().equals(name)) {
        int number = i;
        return devices.computeIfAbsent(
            name, none -> new DeviceAccesses(number, device, processes));
      }
    }
    return machine.families().stream()
        .flatMap(family -> family.accesses(name).stream()).findFirst().orElse(null);
  }
}

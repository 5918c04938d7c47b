package house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of rooms and the one sentence on Pekko, as {@code docs/architecture.md} has them. */
final class Rooms {
  static final String BASE = "dev.shootdown";
  static final Path PAGE = Path.of("docs", "architecture.md");

  private static final String HEADER = "| level | package | caption | may import |";
  private static final Pattern PEKKO =
      Pattern.compile("^Only (.*) may import Pekko", Pattern.MULTILINE);
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  private final Map<String, Room> byName = new TreeMap<>();
  private final Set<String> importPekko = new TreeSet<>();

  private Rooms(String page) {
    List<String> lines = page.lines().toList();
    int header = lines.indexOf(HEADER);
    if (header < 0) {
      throw new IllegalStateException(PAGE + " has no line '" + HEADER + "'");
    }
    for (String line : lines.subList(header + 2, lines.size())) {
      if (!line.startsWith("|")) {
        break;
      }
      Room room = room(line);
      if (byName.putIfAbsent(room.name(), room) != null) {
        throw new IllegalStateException(PAGE + " has two rows for '" + room.name() + "'");
      }
    }
    Matcher sentence = PEKKO.matcher(page);
    if (!sentence.find()) {
      throw new IllegalStateException(PAGE + " doesn't say who may import Pekko");
    }
    importPekko.addAll(quoted(sentence.group(1)));
  }

  static Rooms parse(String page) {
    return new Rooms(page);
  }

  static Rooms read() {
    try {
      return parse(Files.readString(PAGE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Room room(String line) {
    List<String> cells = Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toList();
    if (cells.size() != 4) {
      throw new IllegalStateException("not a row of four cells: " + line);
    }
    String name = cells.get(1).replace("`", "");
    boolean all = cells.get(3).equals("everything");
    Set<String> mayImport = new TreeSet<>();
    if (!all && !cells.get(3).equals("–")) {
      mayImport.addAll(List.of(cells.get(3).split(",\\s*")));
    }
    return new Room(Integer.parseInt(cells.get(0)), name, cells.get(2), mayImport, all);
  }

  private static List<String> quoted(String text) {
    List<String> names = new ArrayList<>();
    Matcher name = QUOTED.matcher(text);
    while (name.find()) {
      names.add(name.group(1));
    }
    return names;
  }

  List<Room> all() {
    return List.copyOf(byName.values());
  }

  /** The room of that name, or null if the table has no such row. */
  Room find(String name) {
    return byName.get(name);
  }

  boolean mayImportPekko(String room) {
    return importPekko.stream().anyMatch(p -> room.equals(p) || room.startsWith(p + "."));
  }

  /** The room that a package is, or the empty text for the base package itself. */
  static String nameOf(String javaPackage) {
    return javaPackage.equals(BASE) ? "" : javaPackage.substring(BASE.length() + 1);
  }

  static boolean isOurs(String javaPackage) {
    return javaPackage.equals(BASE) || javaPackage.startsWith(BASE + ".");
  }
}

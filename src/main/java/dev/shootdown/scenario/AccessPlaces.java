package dev.shootdown.scenario;

import dev.shootdown.config.Nearest;
import dev.shootdown.scenario.Scenario.Area;
import dev.shootdown.scenario.Scenario.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an address in a file of accesses stands for: a number, {@code 0x7f0000001040} or decimal, or
 * an area and perhaps an offset in bytes, {@code a+0x1040}; before both there may be a process,
 * {@code app.a}, which there must be where several processes have such an address.
 */
final class AccessPlaces {
  /** An address in an address space. */
  record Spot(int mm, long address) {}

  private static final int PAGE_SHIFT = 12;
  private static final int AREAS_SHOWN_MOST = 4;

  private final List<Process> processes;
  private final List<TreeMap<Long, Area>> areas = new ArrayList<>();
  private final List<Map<String, Area>> named = new ArrayList<>();

  AccessPlaces(List<Process> processes) {
    this.processes = processes;
    for (Process process : processes) {
      TreeMap<Long, Area> byPage = new TreeMap<>();
      Map<String, Area> byName = new TreeMap<>();
      for (Area area : process.areas()) {
        byPage.put(area.range().firstPage(), area);
        byName.put(area.name(), area);
      }
      areas.add(byPage);
      named.add(byName);
    }
  }

  /**
   * The place that {@code text} names, from which {@code bytes} lie in declared areas.
   *
   * @param spaces the address spaces that come into question
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  Spot spot(String text, List<Integer> spaces, long bytes) {
    int dot = text.indexOf('.');
    int process = dot < 0 ? -1 : index(text.substring(0, dot));
    if (dot >= 0 && process < 0) {
      throw new IllegalArgumentException(
          "there is no process '" + text.substring(0, dot) + "'"
              + near(text.substring(0, dot), processes.stream().map(Process::name).toList()));
    }
    if (process >= 0 && !spaces.contains(process)) {
      throw new IllegalArgumentException(
          "the part does not work in '" + processes.get(process).name() + "'; it works in "
              + names(spaces));
    }
    String rest = text.substring(dot + 1);
    Spot found = null;
    for (int mm : process >= 0 ? List.of(process) : spaces) {
      OptionalLong address = address(mm, rest);
      if (address.isPresent() && found != null) {
        throw new IllegalArgumentException(
            "'" + rest + "' is in several processes; write " + processes.get(found.mm()).name()
                + "." + rest + " or " + processes.get(mm).name() + "." + rest);
      }
      found = address.isPresent() ? new Spot(mm, address.getAsLong()) : found;
    }
    if (found == null) {
      throw nowhere(rest, process >= 0 ? List.of(process) : spaces);
    }
    checkEnd(found, bytes);
    return found;
  }

  private int index(String name) {
    for (int mm = 0; mm < processes.size(); mm++) {
      if (processes.get(mm).name().equals(name)) {
        return mm;
      }
    }
    return -1;
  }

  /** The address in {@code mm}; empty if that is in none of its areas. */
  private OptionalLong address(int mm, String text) {
    if (isNumber(text)) {
      long address = number(text);
      return area(mm, address) == null ? OptionalLong.empty() : OptionalLong.of(address);
    }
    int plus = text.indexOf('+');
    Area area = named.get(mm).get(plus < 0 ? text : text.substring(0, plus));
    if (area == null) {
      return OptionalLong.empty();
    }
    long offset = plus < 0 ? 0 : number(text.substring(plus + 1));
    if (offset >= area.range().pages() << PAGE_SHIFT) {
      throw new IllegalArgumentException(
          "'" + area.name() + "' has " + (area.range().pages() << PAGE_SHIFT)
              + " bytes, so there is nothing " + offset + " behind its start");
    }
    return OptionalLong.of((area.range().firstPage() << PAGE_SHIFT) + offset);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9';
  }

  private static long number(String text) {
    boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
    String digits = hexadecimal ? text.substring(2) : text;
    boolean right =
        hexadecimal ? digits.matches("[0-9a-fA-F]{1,15}") : digits.matches("[0-9]{1,18}");
    if (!right) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address; write 0x7f0000001040, or an area such as a+0x1040");
    }
    return Long.parseLong(digits, hexadecimal ? 16 : 10);
  }

  private Area area(int mm, long address) {
    Map.Entry<Long, Area> below = areas.get(mm).floorEntry(address >>> PAGE_SHIFT);
    boolean inside =
        below != null && below.getValue().range().contains(address >>> PAGE_SHIFT);
    return inside ? below.getValue() : null;
  }

  /** Areas may lie side by side. */
  private void checkEnd(Spot spot, long bytes) {
    long end = spot.address() + bytes;
    for (long reached = spot.address(); reached < end;) {
      Area area = area(spot.mm(), reached);
      if (area == null) {
        throw new IllegalArgumentException(
            bytes + " bytes from 0x" + Long.toHexString(spot.address()) + " on leave the areas of '"
                + processes.get(spot.mm()).name() + "' at 0x" + Long.toHexString(reached));
      }
      reached = area.range().endPage() << PAGE_SHIFT;
    }
  }

  private IllegalArgumentException nowhere(String text, List<Integer> spaces) {
    if (spaces.isEmpty()) {
      return new IllegalArgumentException(
          "the part works in no process; name it among the 'devices' of one");
    }
    if (isNumber(text)) {
      return new IllegalArgumentException(
          text + " is in no area of " + names(spaces) + "; areas are " + shown(spaces));
    }
    List<String> known = spaces.stream().flatMap(mm -> named.get(mm).keySet().stream()).toList();
    String name = text.contains("+") ? text.substring(0, text.indexOf('+')) : text;
    return new IllegalArgumentException(
        "there is no area '" + name + "' in " + names(spaces) + near(name, known)
            + "; write an address such as 0x7f0000001040, or an area such as a+0x1040");
  }

  private static String near(String word, List<String> known) {
    return Nearest.to(word, known).map(near -> " (did you mean '" + near + "'?)").orElse("");
  }

  private String names(List<Integer> spaces) {
    return spaces.stream().map(mm -> "'" + processes.get(mm).name() + "'")
        .collect(Collectors.joining(", "));
  }

  private String shown(List<Integer> spaces) {
    List<String> shown = new ArrayList<>();
    for (int mm : spaces) {
      for (Area area : areas.get(mm).values()) {
        shown.add(
            area.name() + " (0x" + Long.toHexString(area.range().firstPage() << PAGE_SHIFT)
                + " to 0x" + Long.toHexString((area.range().endPage() << PAGE_SHIFT) - 1) + ")");
      }
    }
    boolean all = shown.size() <= AREAS_SHOWN_MOST;
    return String.join(", ", all ? shown : shown.subList(0, AREAS_SHOWN_MOST))
        + (all ? "" : " and " + (shown.size() - AREAS_SHOWN_MOST) + " more");
  }
}

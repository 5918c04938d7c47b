package dev.shootdown.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which lock was ever taken while which other was held. */
final class LockOrder {
  private final TreeMap<String, TreeSet<String>> after = new TreeMap<>();

  /** {@code taken} was taken under {@code held}. */
  void taken(String held, String taken) {
    if (!held.equals(taken)) {
      after.computeIfAbsent(held, absent -> new TreeSet<>()).add(taken);
    }
  }

  /** Shortest cycles, each told once, from its alphabetically first lock. */
  List<String> cycles() {
    List<String> cycles = new ArrayList<>();
    for (String first : after.keySet()) {
      List<String> way = shortestBack(first);
      if (!way.isEmpty()) {
        cycles.add(String.join(" -> ", way));
      }
    }
    return List.copyOf(cycles);
  }

  /** The shortest way from {@code first} back to it over later names only, or none. */
  private List<String> shortestBack(String first) {
    Map<String, String> cameFrom = new LinkedHashMap<>();
    Deque<String> next = new ArrayDeque<>(List.of(first));
    while (!next.isEmpty()) {
      String at = next.removeFirst();
      for (String to : after.getOrDefault(at, new TreeSet<>())) {
        if (to.equals(first)) {
          return way(first, at, cameFrom);
        }
        if (to.compareTo(first) > 0 && !cameFrom.containsKey(to)) {
          cameFrom.put(to, at);
          next.addLast(to);
        }
      }
    }
    return List.of();
  }

  private static List<String> way(String first, String last, Map<String, String> cameFrom) {
    Deque<String> way = new ArrayDeque<>(List.of(first));
    for (String at = last; !at.equals(first); at = cameFrom.get(at)) {
      way.addFirst(at);
    }
    way.addFirst(first);
    return List.copyOf(way);
  }
}

package dev.shootdown.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which fields a Kubernetes object may have, and of which type, as a table tells. */
final class KubernetesFields {
  private final Map<String, Map<String, String>> types = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Reads the table. */
  KubernetesFields(List<String> table) {
    for (String line : table) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(": ");
      for (String type : line.substring(0, colon).split("\\+")) {
        for (String field : line.substring(colon + 2).strip().split(" +")) {
          int is = field.indexOf('=');
          types.computeIfAbsent(type, name -> new TreeMap<>())
              .put(field.substring(0, is), field.substring(is + 1));
        }
      }
    }
  }

  /** What is wrong with an object, as the API's server would refuse it; empty if nothing is. */
  List<String> problems(Object document) {
    problems.clear();
    Object kind = document instanceof Map<?, ?> map ? map.get("kind") : null;
    if (kind == null || !types.containsKey(kind.toString())) {
      return List.of("kind " + kind + " is not known");
    }
    check(kind.toString(), document, kind.toString());
    return List.copyOf(problems);
  }

  private void check(String type, Object value, String at) {
    switch (type) {
      case "string" -> expect(value instanceof String, at, "a text", value);
      case "integer" -> expect(value instanceof Long, at, "a number", value);
      case "boolean" -> expect(value instanceof Boolean, at, "true or false", value);
      case "port" -> expect(
          value instanceof Long || value instanceof String, at, "a number or a name", value);
      case "{}" -> texts(value, at);
      default -> structured(type, value, at);
    }
  }

  private void structured(String type, Object value, String at) {
    if (type.startsWith("[")) {
      expect(value instanceof List, at, "a list", value);
      if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          check(type.substring(1, type.length() - 1), list.get(i), at + "[" + i + "]");
        }
      }
    } else if (types.containsKey(type) && !(value instanceof String)) {
      fields(types.get(type), value, at);
    } else {
      expect(List.of(type.split("\\|")).contains(value), at, type, value);
    }
  }

  private void texts(Object value, String at) {
    expect(value instanceof Map, at, "a map", value);
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> check("string", each, at + "." + key));
    }
  }

  private void fields(Map<String, String> fields, Object value, String at) {
    expect(value instanceof Map, at, "a map", value);
    if (!(value instanceof Map<?, ?> map)) {
      return;
    }
    map.forEach(
        (key, each) -> {
          String type = fields.get(key.toString());
          if (type == null) {
            problems.add(at + " has no field " + key);
          } else {
            check(type.replace("!", ""), each, at + "." + key);
          }
        });
    fields.forEach(
        (key, type) -> {
          if (type.endsWith("!") && !map.containsKey(key)) {
            problems.add(at + " lacks " + key);
          }
        });
  }

  private void expect(boolean met, String at, String what, Object value) {
    if (!met) {
      problems.add(at + " is " + value + ", not " + what);
    }
  }
}

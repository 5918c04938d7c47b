package dev.shootdown.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A JSON object whose members are asked for by name and type; says what is missing, and where. */
final class Node {
  private final String file;
  private final String path;
  private final Map<?, ?> members;

  private Node(String file, String path, Object value) {
    this.file = file;
    this.path = path;
    if (!(value instanceof Map<?, ?> map)) {
      throw UnreadableResult.damaged(file, 0, "\"" + path + "\" is no object");
    }
    this.members = map;
  }

  /**
   * The object that is the whole file.
   *
   * @throws UnreadableResult if it isn't one
   */
  static Node read(String file, String text) {
    return new Node(file, "", JsonReader.read(file, text));
  }

  /**
   * Refuses another version of the format.
   *
   * @throws UnreadableResult if it is another one, or none is told
   */
  Node ofSchema(long wanted) {
    long found = number("schema");
    if (found != wanted) {
      throw new UnreadableResult(
          UnreadableResult.Kind.OTHER_SCHEMA,
          file + ": has schema " + found + ", and this version reads schema " + wanted
              + "; report on it with the version that wrote it, or run it again");
    }
    return this;
  }

  String text(String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw wanted(name, "a text");
  }

  /** The text, empty if it is null or absent. */
  Optional<String> optionalText(String name) {
    return members.get(name) == null ? Optional.empty() : Optional.of(text(name));
  }

  long number(String name) {
    if (members.get(name) instanceof Long number) {
      return number;
    }
    throw wanted(name, "a whole number");
  }

  boolean flag(String name) {
    if (members.get(name) instanceof Boolean flag) {
      return flag;
    }
    throw wanted(name, "true or false");
  }

  Node object(String name) {
    return new Node(file, below(name), members.get(name));
  }

  boolean has(String name) {
    return members.get(name) != null;
  }

  List<Node> objects(String name) {
    if (members.get(name) instanceof List<?> list) {
      return list.stream().map(element -> new Node(file, below(name), element)).toList();
    }
    throw wanted(name, "a list");
  }

  List<String> texts(String name) {
    if (members.get(name) instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    throw wanted(name, "a list");
  }

  /** The members' names, sorted. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    members.keySet().forEach(name -> names.add((String) name));
    return names;
  }

  /** The value of a member as text, whatever it is. */
  String shown(String name) {
    return String.valueOf(members.get(name));
  }

  private String below(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private UnreadableResult wanted(String name, String what) {
    return UnreadableResult.damaged(
        file, 0, "\"" + below(name) + "\" is not " + what + ", as it should be");
  }
}

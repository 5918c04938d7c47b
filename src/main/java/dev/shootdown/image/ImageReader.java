package dev.shootdown.image;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.bytes.BytesIn;
import java.util.Map;
import java.util.TreeMap;

/** Reads an image: makes what is new, then lets everything hold what it held. */
final class ImageReader {
  static final int CONSTANT = Values.FIRST_FREE;
  static final int BUILT = CONSTANT + 1;
  static final int NODE = CONSTANT + 2;

  private static final Map<String, Class<?>> PRIMITIVES = primitives();

  /** What stands for a node until all nodes have been read. */
  private record Place(int node) {}

  /** A node: what it is, what it holds, and the object once there is one. */
  private static final class Node {
    private Form form;
    private Class<?> type;
    private boolean asBuilt;
    private boolean making;
    private Object whole;
    private Object[] parts;
  }

  private final AsBuilt built;
  private Class<?>[] types;
  private Node[] nodes;

  ImageReader(AsBuilt built) {
    this.built = built;
  }

  private static Map<String, Class<?>> primitives() {
    Map<String, Class<?>> primitives = new TreeMap<>();
    Class<?>[] all = {
      long.class, int.class, byte.class, boolean.class, double.class, char.class, short.class,
      float.class, Object.class, String.class, long[].class, int[].class, byte[].class
    };
    for (Class<?> each : all) {
      primitives.put(each.getName(), each);
    }
    return primitives;
  }

  Object[] read(byte[] image) {
    BytesIn in = new BytesIn(image);
    if (in.signed() != built.digest()) {
      throw new BadBytes("an image of something that was built otherwise", 0);
    }
    types = new Class<?>[in.count()];
    for (int i = 0; i < types.length; i++) {
      String name = in.text();
      types[i] = PRIMITIVES.containsKey(name) ? PRIMITIVES.get(name) : named(name);
    }
    nodes = new Node[in.count()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = head(in);
    }
    for (Node node : nodes) {
      node.parts = parts(in);
    }
    Object[] held = parts(in);
    in.finish();
    for (Node node : nodes) {
      resolve(node.parts);
    }
    resolve(held);
    fill();
    return held;
  }

  private Class<?> named(String name) {
    if (name.startsWith("[L") && name.endsWith(";")) {
      return named(name.substring(2, name.length() - 1)).arrayType();
    }
    return built.allowed().named(name);
  }

  private Node head(BytesIn in) {
    Node node = new Node();
    int number = in.below(built.count() + 1, "object") - 1;
    if (number >= 0) {
      node.asBuilt = true;
      node.whole = built.numbered(number);
      node.form = built.forms().of(node.whole, true);
      return node;
    }
    int form = in.below(built.forms().count() + 1, "form") - 1;
    if (form < 0) {
      node.type = types[in.below(types.length, "class")];
      node.form = built.forms().of(node.type);
      if (!node.form.isFixed()) {
        node.whole = node.form.shell(node.type, 0);
      }
      return node;
    }
    node.form = built.forms().numbered(form);
    if (node.form instanceof ArrayForm) {
      node.type = types[in.below(types.length, "class")].arrayType();
      node.whole = node.form.shell(node.type, in.count());
    } else if (!node.form.isFixed() && !(node.form instanceof KeyedForm)) {
      node.whole = node.form.shell(null, 0);
    }
    return node;
  }

  private Object[] parts(BytesIn in) {
    Object[] parts = new Object[in.count()];
    for (int i = 0; i < parts.length; i++) {
      int tag = in.octet();
      parts[i] = switch (tag) {
        case CONSTANT -> Constants.value(named(in.text()), in.text());
        case BUILT -> built.numbered(in.below(built.count(), "object"));
        case NODE -> new Place(in.below(nodes.length, "node"));
        default -> Values.read(tag, in, built.allowed());
      };
    }
    return parts;
  }

  private void resolve(Object[] parts) {
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] instanceof Place place) {
        parts[i] = made(nodes[place.node()]);
      }
    }
  }

  private Object made(Node node) {
    if (node.whole != null) {
      return node.whole;
    }
    if (node.making) {
      throw new BadBytes("a value that holds itself", 0);
    }
    node.making = true;
    if (node.form instanceof KeyedForm keyed) {
      Object[] comparator = {node.parts[0]};
      resolve(comparator);
      node.whole = keyed.shell(comparator[0]);
    } else {
      resolve(node.parts);
      node.whole = node.form.make(node.type, node.parts);
    }
    return node.whole;
  }

  private void fill() {
    for (Form.Turn turn : Form.Turn.values()) {
      for (Node node : nodes) {
        if (node.form.turn() == turn && !node.form.isFixed()) {
          node.form.fill(node.whole, node.parts, node.asBuilt);
        }
      }
    }
  }
}

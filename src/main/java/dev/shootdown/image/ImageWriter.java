package dev.shootdown.image;

import dev.shootdown.bytes.BytesOut;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an image.
 *
 * <ol>
 *   <li>It goes through all that is reachable, breadth first. An object that is new, or that was
 *       there and holds something else now, becomes a <em>node</em>.
 *   <li>Nodes are written twice: first what each one is, so that all can be made, then what it
 *       holds.
 * </ol>
 */
final class ImageWriter {
  /** A node: an object, its form, what it holds, and its number if it was there, else −1. */
  private record Node(Object whole, Form form, Object[] parts, int number) {}

  private final AsBuilt built;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Object> known = new ArrayList<>();
  private final Map<Object, Integer> places = new IdentityHashMap<>();
  private final IdentityHashMap<Object, Boolean> looked = new IdentityHashMap<>();
  private final Map<Class<?>, Integer> types = new LinkedHashMap<>();
  private final BytesOut out = new BytesOut();

  ImageWriter(AsBuilt built) {
    this.built = built;
  }

  byte[] write(Object[] held) {
    look(null, null, held);
    for (int i = 0; i < known.size(); i++) {
      visit(known.get(i));
    }
    out.signed(built.digest());
    types();
    out.unsigned(nodes.size());
    nodes.forEach(this::head);
    nodes.forEach(node -> parts(node.whole(), node.parts()));
    parts(null, held);
    return out.toByteArray();
  }

  private void look(Object holder, Form form, Object[] parts) {
    for (int i = 0; i < parts.length; i++) {
      Object part = parts[i];
      if (Values.isValue(part) || built.constants().name(holder, part) != null
          || looked.put(part, true) != null) {
        continue;
      }
      if (built.number(part) == null) {
        try {
          built.forms().of(part, false).refuseNew(part);
        } catch (Unimaged refused) {
          String where = form == null ? "it" : form.label(holder, i);
          throw new Unimaged(where + " holds " + refused.getMessage());
        }
      }
      known.add(part);
    }
  }

  private void visit(Object whole) {
    Integer number = built.number(whole);
    Form form = built.forms().of(whole, number != null);
    Object[] parts = form.parts(whole);
    look(whole, form, parts);
    boolean changed =
        number == null
            || !form.isFixed()
            && built.content(whole, parts) != built.contentWhenBuilt(number);
    if (changed) {
      places.put(whole, nodes.size());
      nodes.add(new Node(whole, form, parts, number == null ? -1 : number));
      type(whole, form);
    }
  }

  private void type(Object whole, Form form) {
    if (form instanceof FieldForm || form instanceof RecordForm) {
      types.putIfAbsent(whole.getClass(), types.size());
    } else if (form instanceof ArrayForm) {
      types.putIfAbsent(whole.getClass().getComponentType(), types.size());
    }
  }

  private void types() {
    out.unsigned(types.size());
    types.keySet().forEach(type -> out.text(type.getName()));
  }

  private void head(Node node) {
    out.unsigned(node.number() + 1);
    if (node.number() >= 0) {
      return;
    }
    int form = built.forms().number(node.form());
    out.unsigned(form + 1);
    if (form < 0) {
      out.unsigned(types.get(node.whole().getClass()));
    } else if (node.form() instanceof ArrayForm) {
      out.unsigned(types.get(node.whole().getClass().getComponentType()));
      out.unsigned(node.parts().length);
    }
  }

  private void parts(Object holder, Object[] parts) {
    out.unsigned(parts.length);
    for (Object part : parts) {
      if (Values.isValue(part)) {
        Values.write(part, out);
        continue;
      }
      Constants.Name constant = built.constants().name(holder, part);
      Integer number = built.number(part);
      if (constant != null) {
        out.octet(ImageReader.CONSTANT);
        out.text(constant.of().getName());
        out.text(constant.field());
      } else if (number != null) {
        out.octet(ImageReader.BUILT);
        out.unsigned(number);
      } else {
        out.octet(ImageReader.NODE);
        out.unsigned(places.get(part));
      }
    }
  }
}

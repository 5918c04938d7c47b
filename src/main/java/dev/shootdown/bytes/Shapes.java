package dev.shootdown.bytes;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds the shapes of types, and of what they are made of. */
final class Shapes {
  private static final Comparator<Class<?>> BY_NAME = Comparator.comparing(Class::getName);

  /** Also what is still being found, so that a type may hold itself. */
  private final Map<Type, Shape> known = new LinkedHashMap<>();

  Shapes() {
    known.put(int.class, Shape.INT);
    known.put(Integer.class, Shape.INT);
    known.put(long.class, Shape.LONG);
    known.put(Long.class, Shape.LONG);
    known.put(boolean.class, Shape.BOOLEAN);
    known.put(Boolean.class, Shape.BOOLEAN);
    known.put(String.class, Shape.TEXT);
  }

  /** {@code where} is named if there is none. */
  Shape of(Type type, String where) {
    Shape found = known.get(type);
    if (found != null) {
      return found;
    }
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == List.class) {
        return new Shape.OfList(of(element, where));
      } else if (generic.getRawType() == Optional.class) {
        return new Shape.OfOptional(of(element, where));
      }
    } else if (type instanceof Class<?> plain) {
      if (plain.isEnum()) {
        return keep(type, new Shape.OfEnum(plain.getEnumConstants()));
      } else if (plain.isRecord() && plain.getTypeParameters().length == 0) {
        return record(plain);
      } else if (plain.isSealed()) {
        return union(plain, List.of(plain));
      }
    }
    throw new IllegalArgumentException(
        where + ": " + type.getTypeName() + " has no bytes; a record, enum, sealed interface of"
            + " these, List, Optional, String, boolean, int or long has");
  }

  private Shape keep(Type type, Shape shape) {
    known.put(type, shape);
    return shape;
  }

  private Shape record(Class<?> type) {
    RecordShape shape = new RecordShape(type);
    known.put(type, shape);
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      String where = type.getName() + "." + components[i].getName();
      shape.shapes()[i] = of(components[i].getGenericType(), where);
    }
    return shape;
  }

  /** All that {@code roots} permit, numbered by name; kept as the shape of {@code key}. */
  Shape union(Type key, List<Class<?>> roots) {
    TreeSet<Class<?>> leaves = new TreeSet<>(BY_NAME);
    for (Class<?> root : roots) {
      collect(root, leaves);
    }
    List<Class<?>> types = new ArrayList<>(leaves);
    UnionShape shape = new UnionShape(types);
    known.put(key, shape);
    for (int i = 0; i < types.size(); i++) {
      shape.shapes()[i] = of(types.get(i), types.get(i).getName());
    }
    return shape;
  }

  private static void collect(Class<?> type, Collection<Class<?>> leaves) {
    if (type.isEnum() || !type.isSealed()) {
      leaves.add(type);
      return;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      collect(permitted, leaves);
    }
  }
}

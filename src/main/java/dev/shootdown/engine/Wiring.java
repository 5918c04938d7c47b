package dev.shootdown.engine;

import dev.shootdown.image.Opaque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The live wires of one run: what a component's port names lead to. */
final class Wiring {
  private final List<Map<String, Cell.Outlet<?>>> single = new ArrayList<>();
  private final List<Map<String, Group<?>>> families = new ArrayList<>();

  Wiring(Blueprint blueprint) {
    for (int i = 0; i < blueprint.components().size(); i++) {
      single.add(new java.util.TreeMap<>());
      families.add(new java.util.TreeMap<>());
    }
  }

  /** Resolves the connections of all cells that are here, once they exist. */
  void connect(Blueprint blueprint, Directory directory, Cell<?>[] cells) {
    for (Blueprint.Connection<?> wire : blueprint.connections()) {
      if (cells[wire.fromIndex()] != null) {
        single.get(wire.fromIndex()).put(wire.port(), outlet(wire.port(), wire, directory));
      }
    }
    Map<List<?>, Group<?>> shared = new IdentityHashMap<>();
    for (Blueprint.Family<?> family : blueprint.families()) {
      if (cells[family.fromIndex()] == null) {
        continue;
      }
      Group<?> group = shared.get(family.wires());
      if (group == null) {
        List<Cell.Outlet<?>> outlets = new ArrayList<>(family.wires().size());
        for (Blueprint.Connection<?> wire : family.wires()) {
          outlets.add(outlet(family.port(), wire, directory));
        }
        group = new Group<>(family.port(), outlets.toArray(new Cell.Outlet<?>[0]));
        shared.put(family.wires(), group);
      }
      families.get(family.fromIndex()).put(family.port(), group);
    }
  }

  private static <M> Cell.Outlet<M> outlet(
      String port, Blueprint.Connection<M> wire, Directory directory) {
    return new Cell.Outlet<>(port, wire.link(), wire.to(), directory);
  }

  @SuppressWarnings("unchecked") // the blueprint checked the type when it connected the port
  <M> Port<M> port(int component, String componentName, String port, Class<M> type) {
    Cell.Outlet<?> outlet = single.get(component).get(port);
    if (outlet == null) {
      throw new IllegalStateException(
          componentName + " has no port '" + port + "' for " + type.getSimpleName());
    }
    return (Port<M>) outlet;
  }

  @SuppressWarnings("unchecked") // as above
  <M> Ports<M> ports(int component, String port, Class<M> type) {
    Group<?> group = families.get(component).get(port);
    return group == null ? new Group<>(port, new Cell.Outlet<?>[0]) : (Ports<M>) group;
  }

  private record Group<M>(String name, Cell.Outlet<?>[] outlets)
      implements Ports<M>, Opaque {
    @Override
    public int size() {
      return outlets.length;
    }

    @Override
    @SuppressWarnings("unchecked") // a family holds outlets of one type
    public Port<M> at(int index) {
      return (Port<M>) outlets[index];
    }
  }
}

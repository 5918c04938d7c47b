package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;

/**
 * A machine before it runs: components, their inlets, and the links between them. Immutable once
 * built; links keep state, so a blueprint is built anew for each run.
 */
public final class Blueprint {
  /** One component: its name and how its behaviour is made. */
  public record Component<C>(
      String name, int index, Function<Ctx<C>, Behavior<C>> create, int pinnedTo) {}

  record Connection<M>(int fromIndex, String port, Inlet<M> to, Link link) {}

  record Family<M>(int fromIndex, String port, List<Connection<M>> wires) {}

  private static final int SHARED = -1;

  private final List<Component<?>> components;
  private final List<Connection<?>> connections;
  private final List<Family<?>> families;

  private Blueprint(Builder builder) {
    this.components = List.copyOf(builder.components);
    this.connections = List.copyOf(builder.connections);
    this.families = List.copyOf(builder.families);
  }

  /** The components in the order in which they were declared. */
  public List<Component<?>> components() {
    return components;
  }

  List<Connection<?>> connections() {
    return connections;
  }

  List<Family<?>> families() {
    return families;
  }

  /**
   * Every wire of a component's own, as (from, to, minimum latency in ps): what placement works on.
   * A family that everybody shares has no say in where a component goes; see {@link
   * #sharedMinimumPs}.
   */
  public List<Edge> edges() {
    List<Edge> edges = new ArrayList<>();
    forEachOwnWire((edge, port) -> edges.add(edge));
    return edges;
  }

  /** Shows every wire of a component's own with the port or family that it is on. */
  void forEachOwnWire(BiConsumer<Edge, String> action) {
    connections.forEach(wire -> action.accept(edge(wire), wire.port()));
    for (Family<?> family : families) {
      if (!isShared(family)) {
        family.wires().forEach(wire -> action.accept(edge(wire), family.port()));
      }
    }
  }

  /**
   * What cutting each wire above zero latency costs, as (from, to, cost); shared families left out.
   */
  List<long[]> costs() {
    List<long[]> costs = new ArrayList<>();
    connections.forEach(wire -> addCost(costs, wire, 1));
    for (Family<?> family : families) {
      if (!isShared(family)) {
        family.wires().forEach(wire -> addCost(costs, wire, family.wires().size()));
      }
    }
    return costs;
  }

  private static void addCost(List<long[]> costs, Connection<?> wire, int members) {
    Edge edge = edge(wire);
    if (edge.minimumPs() > 0) {
      long cost = WiringGraph.cost(edge.minimumPs(), members);
      costs.add(new long[] {edge.from(), edge.to(), cost});
    }
  }

  /** Every inlet that a wire leads to, by receiving component, in the order of the wiring. */
  List<List<Inlet<?>>> inlets() {
    List<List<Inlet<?>>> inlets = new ArrayList<>();
    components.forEach(component -> inlets.add(new ArrayList<>()));
    Set<Inlet<?>> known = Collections.newSetFromMap(new IdentityHashMap<>());
    List<?> last = null;
    for (Connection<?> wire : connections) {
      if (known.add(wire.to())) {
        inlets.get(wire.to().componentIndex()).add(wire.to());
      }
    }
    for (Family<?> family : families) {
      if (family.wires() == last) {
        continue;
      }
      last = family.wires();
      for (Connection<?> wire : family.wires()) {
        if (known.add(wire.to())) {
          inlets.get(wire.to().componentIndex()).add(wire.to());
        }
      }
    }
    return inlets;
  }

  /**
   * The least latency above zero of the families that everybody shares, or {@code Long.MAX_VALUE}.
   * A shared family of zero minimum latency is never cut; see {@link #sharedWithoutLatency}.
   */
  long sharedMinimumPs() {
    long leastPs = Long.MAX_VALUE;
    for (Family<?> family : families) {
      if (isShared(family) && minimumPs(family) > 0) {
        leastPs = Math.min(leastPs, minimumPs(family));
      }
    }
    return leastPs;
  }

  /** Edges that hold together all who share a family of zero minimum latency. */
  List<Edge> sharedWithoutLatency() {
    List<Edge> edges = new ArrayList<>();
    List<?> last = null;
    for (Family<?> family : families) {
      if (!isShared(family) || minimumPs(family) > 0) {
        continue;
      }
      int first = family.wires().get(0).to().componentIndex();
      edges.add(new Edge(family.fromIndex(), first, 0));
      if (family.wires() != last) {
        last = family.wires();
        family.wires().forEach(w -> edges.add(new Edge(first, w.to().componentIndex(), 0)));
      }
    }
    return edges;
  }

  private static boolean isShared(Family<?> family) {
    return !family.wires().isEmpty() && family.wires().get(0).fromIndex() == SHARED;
  }

  private static long minimumPs(Family<?> family) {
    return family.wires().get(0).link().minimumPs();
  }

  private static Edge edge(Connection<?> wire) {
    return new Edge(wire.fromIndex(), wire.to().componentIndex(), wire.link().minimumPs());
  }

  /** A wire between two components, by index. */
  public record Edge(int from, int to, long minimumPs) {}

  /** A new, empty blueprint. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects components and wires. Names are unique; a port leads to one place. */
  public static final class Builder {
    private final List<Component<?>> components = new ArrayList<>();
    private final List<Connection<?>> connections = new ArrayList<>();
    private final List<Family<?>> families = new ArrayList<>();
    private final Map<String, Integer> indexByName = new TreeMap<>();
    private final Set<String> connected = new TreeSet<>();

    private Builder() {}

    /** Declares a component placed by the engine. */
    public <C> Builder component(String name, Function<Ctx<C>, Behavior<C>> create) {
      return component(name, create, -1);
    }

    /** Declares a component that stays in partition {@code pinnedTo} (−1: anywhere). */
    public <C> Builder component(
        String name, Function<Ctx<C>, Behavior<C>> create, int pinnedTo) {
      if (indexByName.putIfAbsent(name, components.size()) != null) {
        throw new IllegalArgumentException("two components are named '" + name + "'");
      }
      components.add(new Component<>(name, components.size(), create, pinnedTo));
      return this;
    }

    /** An inlet of component {@code name} that wraps arrivals with {@code wrap}. */
    public <M> Inlet<M> inlet(String name, String inlet, Function<? super M, ?> wrap) {
      return new Inlet<>(name, index(name), inlet, wrap);
    }

    /** Connects {@code port} of component {@code from} to {@code to} through {@code link}. */
    public <M> Builder connect(String from, String port, Inlet<M> to, Link link) {
      claim(from, "port", port);
      connections.add(new Connection<>(index(from), port, to, link));
      return this;
    }

    /** Connects the family {@code port} of {@code from}: member i leads to inlet i by link i. */
    public <M> Builder connectFamily(
        String from, String port, List<Inlet<M>> to, List<? extends Link> links) {
      claim(from, "family", port);
      List<Connection<M>> wires = new ArrayList<>(to.size());
      for (int i = 0; i < to.size(); i++) {
        wires.add(new Connection<>(index(from), port, to.get(i), links.get(i)));
      }
      families.add(new Family<>(index(from), port, wires));
      return this;
    }

    /**
     * Gives every component of {@code from} the same family, over one stateless link: cheap where
     * everybody talks to everybody.
     */
    public <M> Builder connectAll(
        List<String> from, String port, List<Inlet<M>> to, Link link) {
      List<Connection<M>> wires = new ArrayList<>(to.size());
      for (Inlet<M> inlet : to) {
        wires.add(new Connection<>(SHARED, port, inlet, link));
      }
      for (String name : from) {
        claim(name, "family", port);
        families.add(new Family<>(index(name), port, wires));
      }
      return this;
    }

    private void claim(String component, String kind, String port) {
      if (!connected.add(index(component) + kind + port)) {
        throw new IllegalArgumentException(
            component + " has its " + kind + " '" + port + "' connected already");
      }
    }

    private int index(String name) {
      Integer index = indexByName.get(name);
      if (index == null) {
        throw new IllegalArgumentException("no component is named '" + name + "'");
      }
      return index;
    }

    /** The finished blueprint. */
    public Blueprint build() {
      return new Blueprint(this);
    }
  }
}

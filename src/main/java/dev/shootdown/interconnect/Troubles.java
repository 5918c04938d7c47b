package dev.shootdown.interconnect;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Link;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All trouble of one run: put around the wires and the parts while the machine is built.
 *
 * <ol>
 *   <li>{@link #on} makes the wire from one part to another, with what strikes it.
 *   <li>{@link #around} gives a part a context that is troubled itself and that states what struck
 *       the messages that the part sent.
 * </ol>
 */
public final class Troubles {
  private final List<TroubleSpec> wires;
  private final List<PartTroubleSpec> parts;
  private final Map<String, Deque<TroubleSpec>> strikes = new TreeMap<>();

  /** This trouble, of which nothing has struck yet. */
  public Troubles(List<TroubleSpec> wires, List<PartTroubleSpec> parts) {
    this.wires = List.copyOf(wires);
    this.parts = List.copyOf(parts);
    this.wires.forEach(trouble -> strikes.computeIfAbsent(
        trouble.wire().split(" -> ", -1)[0], sender -> new ArrayDeque<>()));
  }

  /** {@code wire}, which leads from part {@code from} to part {@code to}, with its trouble. */
  public Link on(String from, String to, Wire wire) {
    if (wires.isEmpty() && parts.isEmpty()) {
      return wire;
    }
    String ends = from + " -> " + to;
    List<TroubleSpec> here = wires.stream().filter(t -> t.wire().equals(ends)).toList();
    List<PartTroubleSpec> stalls = parts.stream().filter(t -> t.part().equals(to)
        && t.action() == PartTroubleSpec.Action.STALL).toList();
    Link troubled =
        here.isEmpty() ? wire : new TroubledWire(wire, here, strikes.get(from)::add);
    return stalls.isEmpty() ? troubled : new StalledInlet(troubled, stalls);
  }

  /** {@code ctx}, or where its part has trouble one that shows it. */
  public <C> Ctx<C> around(Ctx<C> ctx) {
    List<PartTroubleSpec> own =
        parts.stream().filter(trouble -> trouble.part().equals(ctx.name())).toList();
    Deque<TroubleSpec> struck = strikes.get(ctx.name());
    return own.isEmpty() && struck == null
        ? ctx : new TroubledCtx<>(ctx, own, struck == null ? new ArrayDeque<>() : struck);
  }
}

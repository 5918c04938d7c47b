package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * All that decides how a run goes on: its parts, their dice, its wires, and what is on its way. Its
 * objects are those of the run, not copies; they don't change any more once the run is over.
 *
 * @param atPs all events up to this time have been delivered, in ps
 * @param parts in the order of the blueprint
 * @param links the wires, whose state is what they refer to
 * @param pending what is still to be delivered, in the order of events
 */
public record Stance(long atPs, List<Part> parts, List<Link> links, List<Pending> pending) {
  /**
   * A part.
   *
   * @param behavior the object that handles its messages; whatever it refers to is its state
   * @param dice the state of its dice
   * @param lastEventPs when it was handed an event last, in ps, −1 if never
   */
  public record Part(String name, Object behavior, List<Long> dice, long lastEventPs) {}

  /** A message on its way, or one that a part sent itself for later. */
  public record Pending(long atPs, String receiver, String sender, Object message) {}

  /** Takes everything out of {@code partition}, which runs alone and is at its end. */
  static Stance of(long atPs, Blueprint blueprint, Cell<?>[] cells, Partition partition) {
    List<Part> parts = new ArrayList<>();
    for (Cell<?> cell : cells) {
      parts.add(
          new Part(
              cell.name(), cell.watchdog.behavior(), cell.diceState(), cell.lastEventPs()));
    }
    List<Pending> pending = new ArrayList<>();
    for (Event event = partition.takeNext(); event != null; event = partition.takeNext()) {
      pending.add(
          new Pending(
              event.timePs, partition.cell(event.receiver()).name(),
              partition.cell((int) event.route).name(),
              event.wrap == null ? event.payload : event.wrap.apply(event.payload)));
    }
    return new Stance(
        atPs, List.copyOf(parts), links(blueprint), List.copyOf(pending));
  }

  private static List<Link> links(Blueprint blueprint) {
    List<Link> links = new ArrayList<>();
    blueprint.connections().forEach(wire -> links.add(wire.link()));
    blueprint.families().forEach(
        family -> family.wires().forEach(wire -> links.add(wire.link())));
    return List.copyOf(links);
  }
}

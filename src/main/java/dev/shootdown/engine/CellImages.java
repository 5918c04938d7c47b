package dev.shootdown.engine;

import dev.shootdown.bytes.BadBytes;
import dev.shootdown.image.AsBuilt;
import dev.shootdown.image.Unimaged;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;

/**
 * Takes the state of components and puts it back, each for itself: its behaviour, its dice, its
 * wires, what the engine counts of it, and what is on its way to it.
 */
final class CellImages {
  private static final int BEHAVIOR = 1;

  private final Cell<?>[] cells;
  private final AsBuilt[] built;
  private final List<List<Link>> links;
  private final List<List<Inlet<?>>> inlets;

  /**
   * Looks at all components that are here, which have just started.
   *
   * @throws BadCheckpoint if one of them has no image
   */
  CellImages(Blueprint blueprint, Cell<?>[] cells) {
    this.cells = cells;
    this.built = new AsBuilt[cells.length];
    this.links = links(blueprint, cells.length);
    this.inlets = blueprint.inlets();
    for (Cell<?> cell : cells) {
      if (cell != null) {
        built[cell.index()] = look(cell);
      }
    }
  }

  private AsBuilt look(Cell<?> cell) {
    try {
      Object behavior = cell.watchdog.behavior();
      if (behavior != null && behavior.getClass().getName().startsWith("org.apache.pekko.")) {
        throw new Unimaged("its behaviour is a " + behavior.getClass().getName());
      }
      return AsBuilt.of(behavior, cell.dice(), links.get(cell.index()).toArray());
    } catch (Unimaged unknown) {
      throw new BadCheckpoint(cell.name() + " has no image: " + unknown.getMessage());
    }
  }

  /** Each component's own wires. One that everybody shares has no state. */
  private static List<List<Link>> links(Blueprint blueprint, int count) {
    List<List<Link>> links = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      links.add(new ArrayList<>());
    }
    blueprint.connections().forEach(wire -> links.get(wire.fromIndex()).add(wire.link()));
    for (Blueprint.Family<?> family : blueprint.families()) {
      for (Blueprint.Connection<?> wire : family.wires()) {
        if (wire.fromIndex() >= 0) {
          links.get(wire.fromIndex()).add(wire.link());
        }
      }
    }
    return links;
  }

  /**
   * All that are here, in the order of the blueprint.
   *
   * @throws Unimaged naming who holds what
   */
  List<Snapshot.Part> take(List<Partition> partitions) {
    List<List<CellState.Pending>> pending = new ArrayList<>();
    List<List<Tally.EpochDigest>> epochs = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      pending.add(new ArrayList<>());
      epochs.add(new ArrayList<>());
    }
    for (Partition partition : partitions) {
      partition.forEachPending(
          event -> {
            int index = partition.cell(event.receiver()).index();
            pending.get(index).add(pending(index, event));
          });
      partition.epochs().forEach(epoch -> epochs.get(epoch.index()).add(epoch));
    }
    List<Snapshot.Part> parts = new ArrayList<>();
    for (Cell<?> cell : cells) {
      if (cell != null) {
        parts.add(take(cell, epochs.get(cell.index()), pending.get(cell.index())));
      }
    }
    return parts;
  }

  private CellState.Pending pending(int index, Event event) {
    int inlet = -1;
    if (event.wrap != null) {
      inlet = 0;
      while (inlets.get(index).get(inlet).wrap() != event.wrap) {
        inlet++;
      }
    }
    return new CellState.Pending(
        event.timePs, event.route, event.sequence, event.depth, inlet, event.payload);
  }

  private Snapshot.Part take(
      Cell<?> cell, List<Tally.EpochDigest> epochs, List<CellState.Pending> pending) {
    try {
      return new Snapshot.Part(
          cell.name(),
          built[cell.index()].image(
              cell.state(epochs, pending), cell.watchdog.behavior(), cell.dice(),
              links.get(cell.index()).toArray()));
    } catch (Unimaged unknown) {
      throw new Unimaged(cell.name() + " has no image: " + unknown.getMessage());
    }
  }

  /**
   * Puts {@code parts} back, as far as they are here.
   *
   * @throws BadCheckpoint if they are those of another machine
   */
  void restore(List<Snapshot.Part> parts) {
    if (parts.size() != cells.length) {
      throw new BadCheckpoint(
          "the checkpoint is of a machine of " + parts.size() + " components, and this one has "
              + cells.length);
    }
    for (Cell<?> cell : cells) {
      if (cell != null) {
        restore(cell, parts.get(cell.index()));
      }
    }
  }

  private void restore(Cell<?> cell, Snapshot.Part part) {
    if (!part.name().equals(cell.name())) {
      throw new BadCheckpoint(
          "the checkpoint has " + part.name() + " where this machine has " + cell.name());
    }
    try {
      Object[] held = built[cell.index()].restore(part.image());
      CellState state = (CellState) held[0];
      cell.restore(state);
      cell.watchdog.goOnAs((Behavior<?>) held[BEHAVIOR]);
      Partition home = cell.partition();
      home.epochs().addAll(state.epochs());
      state.pending().forEach(pending -> home.enqueue(event(cell.index(), pending)));
    } catch (BadBytes | ClassCastException | IndexOutOfBoundsException nonsense) {
      throw new BadCheckpoint(
          "the checkpoint's image of " + cell.name() + " can't be put back: "
              + nonsense.getMessage());
    }
  }

  private Event event(int index, CellState.Pending pending) {
    Event event = new Event();
    event.timePs = pending.timePs();
    event.route = pending.route();
    event.sequence = pending.sequence();
    event.depth = pending.depth();
    event.wrap = wrap(index, pending.inlet());
    event.payload = pending.payload();
    return event;
  }

  private Function<Object, ?> wrap(int index, int inlet) {
    return inlet < 0 ? null : inlets.get(index).get(inlet).wrap();
  }
}

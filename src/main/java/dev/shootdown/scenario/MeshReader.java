package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.interconnect.MeshSpec;
import dev.shootdown.scenario.Board.SwitchPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads where parts sit on their die, and how dies and sockets are laid out. What would change
 * nothing is refused.
 */
final class MeshReader {
  private static final int TILE_MAX = 1 << 16;

  private record Placed(Settings part, String name, int socket, int tile) {}

  private final List<Placed> placed = new ArrayList<>();
  private final TreeSet<Integer> sockets = new TreeSet<>();

  /** Reads the tile of a part on {@code socket}, which it returns. */
  int place(Settings part, String name, int socket) {
    sockets.add(socket);
    if (part.has("tile")) {
      placed.add(new Placed(part, name, socket, part.count("tile", 0, TILE_MAX)));
    }
    return socket;
  }

  /** The board, when all parts are known. */
  Board board(Settings machine, List<SwitchPart> switches) {
    Map<String, Integer> tiles = new TreeMap<>();
    placed.forEach(each -> tiles.put(each.name(), each.tile()));
    return new Board(List.copyOf(switches), tiles, die(machine), between(machine));
  }

  private Optional<MeshSpec> die(Settings machine) {
    if (!machine.has("mesh")) {
      placed.forEach(
          each -> each.part().problem("tile", "has a meaning only with machine.mesh"));
      machine.ignore("mesh");
      return Optional.empty();
    }
    MeshSpec mesh = machine.child("mesh").bind(MeshSpec.class);
    if (sockets.stream().noneMatch(this::hasDistances)) {
      machine.problem(
          "mesh", "no two parts of a socket have a tile, so that it would change nothing");
    }
    return Optional.of(mesh);
  }

  private boolean hasDistances(int socket) {
    return placed.stream().filter(each -> each.socket() == socket).count() > 1;
  }

  private Optional<MeshSpec> between(Settings machine) {
    if (!machine.has("sockets")) {
      machine.ignore("sockets");
      return Optional.empty();
    }
    MeshSpec mesh = machine.child("sockets").bind(MeshSpec.class);
    boolean apart = sockets.stream().anyMatch(
        one -> sockets.stream().anyMatch(other -> mesh.hops(one, other) > 1));
    if (!apart) {
      machine.problem(
          "sockets", "no two sockets are farther from each other than one hop, so that it would"
              + " change nothing");
    }
    return Optional.of(mesh);
  }
}

package dev.shootdown.scenario;

import dev.shootdown.interconnect.MeshSpec;
import dev.shootdown.interconnect.PcieSwitchSpec;
import dev.shootdown.interconnect.WireSpec;
import dev.shootdown.scenario.Links.End;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How parts hang together: PCIe switches, tiles on a die, sockets on a board.
 *
 * @param switches in the order in which they were declared, each behind those above it
 * @param tiles the tile of each part that has one, by the part's name
 * @param die the mesh of each socket's die; empty if distances on a die don't matter
 * @param sockets the mesh of the sockets; empty if each is next to each
 */
public record Board(
    List<SwitchPart> switches, Map<String, Integer> tiles, Optional<MeshSpec> die,
    Optional<MeshSpec> sockets) {
  /**
   * A PCIe switch.
   *
   * @param iommu number of the IOMMU that it leads to
   * @param above number of the switch that it is behind, −1 if it is next to the IOMMU
   */
  public record SwitchPart(
      String name, int iommu, int above, int socket, int pin, PcieSwitchSpec spec) {}

  /**
   * {@code near} as it is between two ends: longer by a hop between sockets and by what the meshes
   * add. Where one of two ends has no tile, the die adds nothing.
   *
   * @param crossSocketPs the hop between two sockets next to each other, in ps
   */
  WireSpec between(WireSpec near, End from, End to, long crossSocketPs) {
    if (from.socket() != to.socket()) {
      WireSpec across = near.farther(crossSocketPs);
      return sockets.map(mesh -> mesh.between(across, from.socket(), to.socket())).orElse(across);
    }
    Integer here = tiles.get(from.name());
    Integer there = tiles.get(to.name());
    return die.isEmpty() || here == null || there == null
        ? near : die.get().between(near, here, there);
  }
}

package dev.shootdown.bench;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A cluster that runs a simulation, simulated: every node is a part, every frame a message. It has
 * what {@link ScaleModel} leaves out, the wait for whoever is last, and is there to check it.
 *
 * @param model what an event, a round and a frame take
 * @param windows how many are simulated, ≥ 1
 */
public record ScaleSimulation(ScaleModel model, int windows) {
  private static final double PS_PER_SECOND = 1e12;

  /** A frame leaves when its sender comes to it, and is then under way for a fixed time. */
  private record Network(long latencyPs) implements Link {
    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      return nowPs + ((NodePart.Frame) message).leavesInPs() + latencyPs;
    }

    @Override
    public long minimumPs() {
      return latencyPs;
    }
  }

  /**
   * Seconds of a window.
   *
   * @param events of all nodes together
   * @param nodes ≥ 2
   * @param ring whether a node has two neighbours, and not all others
   */
  public double windowSeconds(double events, int nodes, boolean ring) {
    // A round of two nodes has one frame that is sent, and one that is handled.
    Network network = new Network(ps(model.roundSeconds() - model.frameSeconds()));
    NodePart.Work work =
        new NodePart.Work(
            windows, events / nodes, ps(model.eventSeconds()), ps(model.frameSeconds() / 2));
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < nodes; i++) {
      builder.<NodePart.Command>component("node" + i, ctx -> NodePart.create(ctx, work));
    }
    List<Inlet<NodePart.Frame>> inlets = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      inlets.add(builder.<NodePart.Frame>inlet("node" + i, "frames", frame -> frame));
    }
    for (int i = 0; i < nodes; i++) {
      TreeSet<Integer> others = new TreeSet<>();
      for (int step = 1; step < nodes; step++) {
        // Everybody begins with the next one, lest all frames meet at one node.
        others.add(ring && step > 1 ? nodes - 1 : step);
      }
      int from = i;
      List<Inlet<NodePart.Frame>> neighbours =
          others.stream().map(step -> inlets.get((from + step) % nodes)).toList();
      builder.connectFamily(
          "node" + i, "neighbours", neighbours, neighbours.stream().map(to -> network).toList());
    }
    try (SystemPool pool = new SystemPool()) {
      RunOptions options = RunOptions.plain();
      long endPs = new Simulation(pool, builder.build(), options, Optional.empty()).run().endPs();
      return endPs / PS_PER_SECOND / windows;
    }
  }

  private static long ps(double seconds) {
    return Math.round(seconds * PS_PER_SECOND);
  }
}

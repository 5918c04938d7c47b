package dev.shootdown.engine;

import dev.shootdown.bytes.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A run that nodes share, each of them a thread. */
final class OnNodes {
  /** What node 0 came to, and what it was shown. */
  record Outcome(RunOutcome run, List<Lab.Seen> seen) {}

  private OnNodes() {}

  /** Runs it; every node builds a blueprint of its own. */
  static Outcome run(
      InMemory network, int nodes, Supplier<Blueprint> blueprint, RunOptions options) {
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      Exchange exchange = network.of(node);
      all.add(
          CompletableFuture.supplyAsync(
              () -> onNode(exchange, blueprint.get(), options),
              task -> new Thread(task, "node-" + exchange.node()).start()));
    }
    all.forEach(CompletableFuture::join);
    return all.get(0).join();
  }

  private static Outcome onNode(Exchange exchange, Blueprint blueprint, RunOptions options) {
    Distribution distribution =
        new Distribution(
            exchange, Codec.ofAny(List.of(Gossip.Word.class)),
            Codec.ofAny(List.of(Lab.Note.class)));
    List<Lab.Seen> seen = new ArrayList<>();
    Observer observer = (atPs, component, fact) -> seen.add(new Lab.Seen(atPs, component, fact));
    try (SystemPool pool = new SystemPool()) {
      RunOutcome run =
          new Simulation(pool.across(distribution), blueprint, options, Optional.of(observer))
              .run();
      return new Outcome(run, seen);
    }
  }
}

package dev.shootdown.cluster;

import dev.shootdown.engine.LostNode;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A coordinator and workers in one JVM, each with its own actor system and port. */
final class Nodes implements AutoCloseable {
  static final CodeIdentity CODE = new CodeIdentity("test", "0123456789abcdef");

  /** Where nobody is lost: a busy machine may stand still for some seconds. */
  static final Patience PATIENT = new Patience(120, 20, 60);

  /** Where somebody is lost, and is to be noticed soon. */
  static final Patience SHORT = new Patience(120, 4, 20);

  private static final long END_SECONDS = 40;

  final Coordinator coordinator;
  final List<Worker> workers = new ArrayList<>();
  final List<CompletableFuture<Void>> served = new ArrayList<>();
  private final List<Relay> relays = new ArrayList<>();

  private Nodes(List<NodeSettings> settings) {
    coordinator = new Coordinator(settings.get(0), CODE, settings.size(), line -> {});
    for (NodeSettings own : settings.subList(1, settings.size())) {
      Worker worker =
          new Worker(own, CODE, "127.0.0.1", coordinator.port(), line -> {}, Worker.Trades.NONE);
      workers.add(worker);
      served.add(CompletableFuture.runAsync(worker::serve, task -> new Thread(task).start()));
    }
    coordinator.form(() -> { });
  }

  static NodeSettings settings() {
    return NodeSettings.local(0).with(PATIENT);
  }

  static Nodes of(int nodes) {
    return of(settings(), nodes);
  }

  static Nodes of(NodeSettings settings, int nodes) {
    return new Nodes(Collections.nCopies(nodes, settings));
  }

  /** With a network in between where every chunk of bytes is held back for up to some time. */
  static Nodes late(NodeSettings like, int nodes, long seed, int mostUs) throws IOException {
    List<Relay> network = new ArrayList<>();
    List<NodeSettings> settings = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      network.add(Relay.late(seed + i, mostUs));
      settings.add(network.get(i).behind(like));
    }
    Nodes all = new Nodes(settings);
    all.relays.addAll(network);
    return all;
  }

  static List<Variant> load(String file, String... overrides) {
    return Scenarios.load(
        Path.of(file), Optional.empty(), Optional.empty(), List.of(overrides), Path.of(""));
  }

  /** On this thread alone. */
  static ScenarioResult alone(Variant variant, int workers) {
    try (SystemPool pool = new SystemPool()) {
      return new ScenarioRun(
          pool, variant.scenario(), variant.scenario().run().seed(), workers, true, new StopFlag())
          .run();
    }
  }

  /** On all nodes. */
  ScenarioResult run(Variant variant, int threads) {
    long seed = variant.scenario().run().seed();
    ScenarioTask task = new ScenarioTask(variant, seed);
    try (SystemPool pool =
        coordinator.begin(task, ScenarioTask.KIND, task.text(), seed, threads)) {
      return new ScenarioRun(pool, variant.scenario(), seed, threads, true, new StopFlag()).run();
    }
  }

  Optional<LostNode> lost() {
    return coordinator.lost();
  }

  @Override
  public void close() {
    coordinator.close();
    for (CompletableFuture<Void> each : served) {
      each.orTimeout(END_SECONDS, TimeUnit.SECONDS).handle((done, thrown) -> null).join();
    }
    workers.forEach(Worker::close);
    relays.forEach(Relay::close);
  }
}

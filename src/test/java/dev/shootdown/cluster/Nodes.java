package dev.shootdown.cluster;

import dev.shootdown.engine.LostNode;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.ScenarioResult;
import dev.shootdown.scenario.ScenarioRun;
import dev.shootdown.scenario.Scenarios;
import dev.shootdown.scenario.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A coordinator and workers in one JVM, each with its own actor system and port. */
final class Nodes implements AutoCloseable {
  static final CodeIdentity CODE = new CodeIdentity("test", "0123456789abcdef");
  static final Patience SHORT = new Patience(20, 3, 20);
  private static final long END_SECONDS = 40;

  final Coordinator coordinator;
  final List<Worker> workers = new ArrayList<>();
  final List<CompletableFuture<Void>> served = new ArrayList<>();

  private Nodes(NodeSettings settings, int nodes) {
    coordinator = new Coordinator(settings, CODE, nodes, line -> {});
    for (int i = 1; i < nodes; i++) {
      Worker worker =
          new Worker(
              settings, CODE, "127.0.0.1", coordinator.port(), line -> {}, Worker.Trades.NONE);
      workers.add(worker);
      served.add(CompletableFuture.runAsync(worker::serve, task -> new Thread(task).start()));
    }
    coordinator.form(() -> { });
  }

  static NodeSettings settings() {
    return NodeSettings.local(0).with(SHORT);
  }

  static Nodes of(int nodes) {
    return new Nodes(settings(), nodes);
  }

  static Nodes of(NodeSettings settings, int nodes) {
    return new Nodes(settings, nodes);
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
  }
}

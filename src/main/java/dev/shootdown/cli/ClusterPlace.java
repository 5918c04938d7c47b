package dev.shootdown.cli;

import dev.shootdown.cluster.ChoreShare;
import dev.shootdown.cluster.Chores;
import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Coordinator;
import dev.shootdown.cluster.NodeSettings;
import dev.shootdown.cluster.ScenarioTask;
import dev.shootdown.engine.LostNode;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Circumstances;
import dev.shootdown.report.RunRecord;
import dev.shootdown.scenario.Variant;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Where runs take place: in this process alone, or shared with other nodes. */
final class ClusterPlace implements AutoCloseable {
  /** The nodes never came together, or one was lost. */
  static final int CLUSTER_FAILURE = 20;

  private final Terminal terminal;
  private final ClusterNodes request;
  private final Consumer<String> talk;
  private final Optional<ClusterExplanation> explanation;
  private final Optional<ClusterChildren> children;
  private final CompletableFuture<Coordinator> founded = new CompletableFuture<>();
  private Coordinator coordinator;
  private boolean formed;
  private SystemPool pool;

  private ClusterPlace(
      Terminal terminal, ClusterNodes request, boolean quiet,
      Optional<ClusterExplanation> explanation, Optional<Integer> jobs) {
    this.terminal = terminal;
    this.request = request;
    this.talk = line -> tell(terminal.err(), quiet, line);
    this.explanation = explanation;
    this.children = request.children(terminal, jobs);
    if (children.isPresent()) {
      Thread founder = new Thread(this::foundLocally, "shootdown-founder");
      founder.setDaemon(true);
      founder.start();
    }
  }

  private void foundLocally() {
    try {
      Coordinator found = coordinator();
      if (founded.complete(found)) {
        children.ifPresent(all -> all.join(found.label()));
      } else {
        found.close(); // nobody waits any more
      }
    } catch (RuntimeException | Error refused) {
      founded.completeExceptionally(refused);
    }
  }

  private Coordinator coordinator() {
    NodeSettings settings = request.settings(terminal);
    CodeIdentity code = CodeIdentity.own(Build.version());
    return request.cluster()
        .map(at -> Coordinator.guest(settings, code, at.host(), at.port(), talk))
        .orElseGet(() -> new Coordinator(settings, code, request.nodes(), talk));
  }

  /**
   * Begins to prepare the place: nodes on this machine come together while the caller does
   * something else. {@link #form} waits for them.
   *
   * @param quiet no talk of who joins
   * @throws CliProblem if the options contradict each other
   */
  static ClusterPlace begin(Terminal terminal, ClusterRequest request, boolean quiet) {
    Optional<ClusterExplanation> explanation =
        request.isExplained()
            ? Optional.of(new ClusterExplanation(terminal.err(), System::nanoTime))
            : Optional.empty();
    return new ClusterPlace(terminal, request.nodes(), quiet, explanation, Optional.empty());
  }

  /**
   * Prepares a place for chores; returns when all nodes are there.
   *
   * @param quiet no talk of who joins
   * @param jobs chores at a time of each node that is started here
   * @throws CliProblem if they don't come together
   */
  static ClusterPlace open(Terminal terminal, ClusterNodes request, boolean quiet, int jobs) {
    ClusterPlace place =
        new ClusterPlace(terminal, request, quiet, Optional.empty(), Optional.of(jobs));
    place.form(true);
    return place;
  }

  /**
   * Returns when all nodes are there.
   *
   * @throws CliProblem if they don't come together; this is closed then
   */
  void form() {
    form(false);
  }

  private void form(boolean open) {
    try {
      if (request.nodes() > 1 || request.cluster().isPresent()) {
        gather(open);
      }
    } catch (ClusterProblem problem) {
      close();
      throw told(problem);
    } catch (RuntimeException broken) {
      close();
      throw broken;
    }
  }

  private void gather(boolean open) {
    coordinator = children.isPresent() ? awaitFounded() : coordinator();
    if (children.isEmpty() && request.cluster().isEmpty()) {
      talk.accept(
          "waiting for " + (request.nodes() - 1) + " of: ./shootdown node --join "
              + coordinator.label());
    }
    coordinator.form(() -> children.ifPresent(ClusterChildren::check), open);
    formed = true;
    explanation.ifPresent(ClusterExplanation::together);
  }

  private Coordinator awaitFounded() {
    try {
      return founded.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException problem ? problem : failed;
    }
  }

  private static void tell(PrintStream err, boolean quiet, String line) {
    if (!quiet) {
      err.println(line);
    }
  }

  /** A cluster's problem as the end of a verb. */
  static CliProblem told(ClusterProblem problem) {
    return new CliProblem(
        problem.isUsage() ? ExitCode.USAGE : CLUSTER_FAILURE, problem.getMessage(), problem);
  }

  /** The pool to run {@code variant} in; good until the next one is asked for. */
  SystemPool pool(Variant variant) {
    if (coordinator == null) {
      pool = pool == null ? new SystemPool() : pool;
    } else {
      long seed = variant.scenario().run().seed();
      ScenarioTask task = new ScenarioTask(variant, seed);
      try {
        pool =
            coordinator.begin(
                task, ScenarioTask.KIND, task.text(), seed, variant.scenario().run().workers());
      } catch (ClusterProblem problem) {
        throw told(problem);
      }
    }
    return explanation.map(pool::watchedBy).orElse(pool);
  }

  /** Whether there are other nodes. */
  boolean isShared() {
    return coordinator != null;
  }

  /** Chores for all nodes, and {@code jobs} at a time here; {@link #isShared} only. */
  ChoreShare share(Chores.Kind kind, int jobs) {
    return coordinator.share(kind, jobs);
  }

  /** Why the last run was torn apart, if it was. */
  Optional<String> lost() {
    return coordinator == null ? Optional.empty() : coordinator.lost().map(LostNode::getMessage);
  }

  /** Ends the last run on the other nodes, where they would wait for this one. */
  void abort(String reason) {
    if (coordinator != null) {
      coordinator.abort(reason);
    }
  }

  /** The record as it is: a run that was torn apart exits with {@value #CLUSTER_FAILURE}. */
  RunRecord marked(RunRecord record) {
    if (lost().isEmpty()) {
      return record;
    }
    abort(lost().get());
    Circumstances was = record.circumstances();
    return new RunRecord(
        record.identity(), record.texts(), record.outcome(), record.judgement(),
        record.collected(),
        new Circumstances(
            was.commandLine(), was.versions(), was.host(), was.wallTimes(), was.hashes(),
            CLUSTER_FAILURE));
  }

  private void closePool() {
    if (pool != null) {
      pool.close();
      pool = null;
    }
  }

  @Override
  public void close() {
    closePool();
    if (!formed) {
      children.ifPresent(ClusterChildren::kill);
    }
    if (coordinator == null && !founded.cancel(false) && !founded.isCompletedExceptionally()) {
      coordinator = founded.join(); // it was founded, and nobody asked for it
    }
    if (coordinator != null) {
      coordinator.close();
    }
    children.ifPresent(ClusterChildren::close);
  }
}

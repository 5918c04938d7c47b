package dev.shootdown.cli;

import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.cluster.CodeIdentity;
import dev.shootdown.cluster.Coordinator;
import dev.shootdown.cluster.ScenarioTask;
import dev.shootdown.engine.LostNode;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.report.Circumstances;
import dev.shootdown.report.RunRecord;
import dev.shootdown.scenario.Variant;
import java.io.PrintStream;
import java.util.Optional;

/** Where runs take place: in this process alone, or shared with other nodes. */
final class ClusterPlace implements AutoCloseable {
  /** The nodes never came together, or one was lost. */
  static final int CLUSTER_FAILURE = 20;

  private final Optional<ClusterExplanation> explanation;
  private Coordinator coordinator;
  private ClusterChildren children;
  private SystemPool pool;

  private ClusterPlace(Optional<ClusterExplanation> explanation) {
    this.explanation = explanation;
  }

  /**
   * Prepares the place; returns when all nodes are there.
   *
   * @param quiet no talk of who joins
   * @throws CliProblem if they don't come together
   */
  static ClusterPlace open(Terminal terminal, ClusterRequest request, boolean quiet) {
    PrintStream err = terminal.err();
    Optional<ClusterExplanation> explanation =
        request.isExplained()
            ? Optional.of(new ClusterExplanation(err, System::nanoTime))
            : Optional.empty();
    ClusterPlace place = new ClusterPlace(explanation);
    int nodes = request.nodes();
    if (nodes == 1) {
      return place;
    }
    try {
      place.coordinator =
          new Coordinator(
              request.settings(terminal), CodeIdentity.own(Build.version()), nodes,
              line -> tell(err, quiet, line));
      if (request.isLocal()) {
        place.children =
            ClusterChildren.start(nodes - 1, place.coordinator.label(), request.arguments());
        place.coordinator.form(place.children::check);
      } else {
        tell(err, quiet, "waiting for " + (nodes - 1) + " of: ./shootdown node --join "
            + place.coordinator.label());
        place.coordinator.form(() -> { });
      }
      return place;
    } catch (ClusterProblem problem) {
      place.close();
      throw told(problem);
    } catch (RuntimeException broken) {
      place.close();
      throw broken;
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
      closePool();
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
    explanation.ifPresent(pool::watchedBy);
    return pool;
  }

  /** Why the last run was torn apart, if it was. */
  Optional<String> lost() {
    return coordinator == null ? Optional.empty() : coordinator.lost().map(LostNode::getMessage);
  }

  /** The record as it is: a run that was torn apart exits with {@value #CLUSTER_FAILURE}. */
  RunRecord marked(RunRecord record) {
    if (lost().isEmpty()) {
      return record;
    }
    coordinator.abort(lost().get());
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
    if (coordinator != null) {
      coordinator.close();
    }
    if (children != null) {
      children.close();
    }
  }
}

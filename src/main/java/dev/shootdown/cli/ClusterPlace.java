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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
    Optional<ClusterExplanation> explanation =
        request.isExplained()
            ? Optional.of(new ClusterExplanation(terminal.err(), System::nanoTime))
            : Optional.empty();
    return open(
        terminal, request.nodes(), new ClusterPlace(explanation), quiet, Optional.empty());
  }

  /**
   * As {@link #open(Terminal, ClusterRequest, boolean)}, for chores.
   *
   * @param jobs chores at a time of each node that is started here
   */
  static ClusterPlace open(Terminal terminal, ClusterNodes request, boolean quiet, int jobs) {
    return open(
        terminal, request, new ClusterPlace(Optional.empty()), quiet, Optional.of(jobs));
  }

  private static ClusterPlace open(
      Terminal terminal, ClusterNodes request, ClusterPlace place, boolean quiet,
      Optional<Integer> jobs) {
    Consumer<String> talk = line -> tell(terminal.err(), quiet, line);
    int nodes = request.nodes();
    if (nodes == 1 && request.cluster().isEmpty()) {
      return place;
    }
    try {
      NodeSettings settings = request.settings(terminal);
      CodeIdentity code = CodeIdentity.own(Build.version());
      place.coordinator =
          request.cluster()
              .map(at -> Coordinator.guest(settings, code, at.host(), at.port(), talk))
              .orElseGet(() -> new Coordinator(settings, code, nodes, talk));
      place.form(request, jobs, talk);
      return place;
    } catch (ClusterProblem problem) {
      place.close();
      throw told(problem);
    } catch (RuntimeException broken) {
      place.close();
      throw broken;
    }
  }

  private void form(ClusterNodes request, Optional<Integer> jobs, Consumer<String> talk) {
    Runnable check = () -> { };
    if (request.isLocal()) {
      List<String> arguments = new ArrayList<>(request.arguments());
      jobs.ifPresent(each -> arguments.addAll(List.of("--jobs", Integer.toString(each))));
      children = ClusterChildren.start(request.nodes() - 1, coordinator.label(), arguments);
      check = children::check;
    } else if (request.cluster().isEmpty()) {
      talk.accept(
          "waiting for " + (request.nodes() - 1) + " of: ./shootdown node --join "
              + coordinator.label());
    }
    coordinator.form(check, jobs.isPresent());
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

package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.protocol.Program;
import java.util.List;
import java.util.TreeMap;

/**
 * Carries out one path on one CPU: hands each primitive to those who know what it means, and hands
 * out the steps that they make of it.
 */
final class PathProgram implements Program {
  private enum At { BEGIN, BEGAN, STEPS, END, OVER }

  private final PathRun run;
  private final boolean operates;
  private final PathFlow flow;
  private final PathLocks locks;
  private final PathBrackets brackets;
  private final PathVisits visits;
  private final PathFlushes flushes;
  private final PathFrames frames;
  private final PathPasids pasids;
  private final PathWalks walks;
  private At at = At.BEGIN;

  /** A path that is an operation of its own. */
  PathProgram(PathJob job, KernelSetup setup) {
    this(job, setup, -1);
  }

  /** With the steps that an x86 kernel of {@code era} has. */
  PathProgram(PathJob job, Era era, KernelMap map, FlushRules rules, Costs costs) {
    this(job, new KernelSetup(map, costs, Placement.of(era), rules, new TreeMap<>()));
  }

  private PathProgram(PathJob job, KernelSetup setup, long operation) {
    Placement placement = setup.placement();
    List<PathStep> steps = job.path().in(placement.era(), placement.architecture());
    this.run = new PathRun(job, steps, setup);
    this.run.operation = operation;
    this.operates = operation < 0;
    PathGather gather = new PathGather(run);
    this.flow = new PathFlow(run, gather);
    this.locks = new PathLocks(run);
    PathPlacement placed = new PathPlacement(run, locks);
    this.brackets = new PathBrackets(run, flow, placed);
    this.visits = new PathVisits(run, locks, gather, placed);
    this.flushes = new PathFlushes(run, gather, locks);
    this.frames = new PathFrames(run, gather, flow);
    this.pasids = new PathPasids(run);
    this.walks = new PathWalks(run, flow);
    locks.whenUnlocked(placed::unlocked);
  }

  /** A path that is part of {@code operation}, which has begun and does the ending. */
  static PathProgram within(long operation, PathJob job, KernelSetup setup) {
    return new PathProgram(job, setup, operation);
  }

  @Override
  public Step next(Outcome last, long nowPs) {
    if (at == At.BEGIN) {
      at = operates ? At.BEGAN : At.STEPS;
      if (operates) {
        return new Begin(run.job().path().name(), run.mm(), run.job().range());
      }
    } else if (at == At.BEGAN) {
      run.operation = ((Began) last).operation();
      at = At.STEPS;
    }
    run.take(last);
    Step step = run.next();
    while (step == null && at == At.STEPS) {
      if (run.at == run.steps().size()) {
        at = operates ? At.END : At.OVER;
      } else {
        carryOut(run.steps().get(run.at++));
        run.putFirst();
        step = run.next();
      }
    }
    if (step == null && at == At.END) {
      at = At.OVER;
      return new End();
    }
    return step == null ? new Finish() : step;
  }

  private void carryOut(PathStep step) {
    boolean known =
        flow.carryOut(step) || locks.carryOut(step) || brackets.carryOut(step)
            || visits.carryOut(step) || flushes.carryOut(step) || frames.carryOut(step)
            || pasids.carryOut(step) || walks.carryOut(step);
    if (!known) {
      throw new IllegalStateException("nobody carries out " + step.primitive().text());
    }
  }
}

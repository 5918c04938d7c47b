package dev.shootdown.bench;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Inlet;
import dev.shootdown.engine.Link;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.SystemPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PHOLD over actors: every component sends each job on to a random component after the lookahead
 * plus an exponential time, so the number of pending events never changes.
 *
 * @param components how many components, ≥ 1
 * @param eventsEach pending events per component, ≥ 1
 */
public record Phold(int components, int eventsEach) {
  /** Mean of the exponential part, 1 µs: times must differ at 262,144 pending events. */
  static final long MEAN_PS = 1_000_000;

  /** A tenth of the mean, as in the published comparisons. */
  static final long LOOKAHEAD_PS = 100_000;

  /** The crowd's one wire. */
  private static final class CrowdLink implements Link {
    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      return nowPs + LOOKAHEAD_PS + dice.exponentialPs(MEAN_PS);
    }

    @Override
    public long minimumPs() {
      return LOOKAHEAD_PS;
    }
  }

  /** The machine. */
  public Blueprint blueprint(boolean marking) {
    Blueprint.Builder builder = Blueprint.builder();
    List<String> names = new ArrayList<>(components);
    for (int i = 0; i < components; i++) {
      String name = "p" + i;
      names.add(name);
      builder.<PholdPart.Command>component(
          name, ctx -> PholdPart.create(ctx, eventsEach, marking));
    }
    List<Inlet<PholdPart.Job>> inlets = new ArrayList<>(components);
    for (String name : names) {
      inlets.add(builder.<PholdPart.Job>inlet(name, "jobs", job -> job));
    }
    return builder.connectAll(names, "crowd", inlets, new CrowdLink()).build();
  }

  /** Events of all components in a window that is as long as the lookahead, on average. */
  public double eventsPerWindow() {
    return (double) components * eventsEach * LOOKAHEAD_PS / (LOOKAHEAD_PS + MEAN_PS);
  }

  /** Virtual time in ps after which about {@code events} events have been delivered. */
  public long untilPs(long events) {
    double perEventPs = (LOOKAHEAD_PS + MEAN_PS) / ((double) components * eventsEach);
    return Math.max(1, (long) (events * perEventPs));
  }

  /** Runs about {@code events} events on {@code workers} threads. */
  public RunOutcome run(SystemPool pool, long events, int workers, boolean marking, long seed) {
    RunOptions options =
        new RunOptions(
            seed,
            Optional.empty(),
            untilPs(events),
            Long.MAX_VALUE,
            workers,
            new dev.shootdown.engine.StopFlag());
    return new Simulation(pool, blueprint(marking), options, Optional.empty()).run();
  }
}

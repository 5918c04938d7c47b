package dev.shootdown.audit;

import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Problems;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.scenario.Variant;
import dev.shootdown.sweep.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Runs what is missing of a selection. What comes of a cell depends on the cell and the budget
 * alone, so it makes no difference how many threads there are and how often it is stopped.
 */
public final class Audit {
  private final AuditSpec spec;
  private final Selection.Chosen chosen;
  private final CellLoader loader;
  private final StopFlag stop;
  private final String command;

  /**
   * An audit.
   *
   * @param relativeTo what file names in messages are relative to
   * @param command what shows a cell again, if the cell is put behind it
   */
  public Audit(
      AuditSpec spec, Selection.Chosen chosen, Path relativeTo, StopFlag stop, String command) {
    this.spec = spec;
    this.chosen = chosen;
    this.loader = new CellLoader(spec, relativeTo);
    this.stop = stop;
    this.command = command;
  }

  /** Keeps results as they come. */
  public interface Keeper {
    /** What is there already. */
    TreeMap<String, CellResult> kept();

    /** A cell is over; called by one thread at a time. */
    void keep(CellResult result);
  }

  private record Work(Row row, Column column, Consumer consumer) {
    CellName name() {
      return new CellName(row.name(), column.name(), consumer.name());
    }
  }

  /**
   * Refuses rows, columns and consumers that cannot be set up: one cell of each is loaded.
   *
   * @throws ConfigProblems with every problem at once
   */
  public void check(Path relativeTo) {
    Problems problems = new Problems(relativeTo);
    List<Object> seen = new ArrayList<>();
    for (Work work : works()) {
      boolean anew =
          !seen.contains(work.row()) || !seen.contains(work.column())
              || !seen.contains(work.consumer());
      boolean there =
          loader.reasonAgainst(work.row(), work.column(), work.consumer()).isEmpty();
      if (anew && there) {
        seen.addAll(List.of(work.row(), work.column(), work.consumer()));
        try {
          loader.load(work.row(), work.column(), work.consumer());
        } catch (ConfigProblems wrong) {
          wrong.problems()
              .forEach(problems::add);
        }
      }
    }
    problems.throwIfAny();
  }

  private List<Work> works() {
    List<Work> works = new ArrayList<>();
    for (Row row : chosen.rows()) {
      for (Column column : chosen.columns()) {
        for (Consumer consumer : chosen.consumers()) {
          works.add(new Work(row, column, consumer));
        }
      }
    }
    return works;
  }

  /**
   * Runs what is missing.
   *
   * @param jobs threads, ≥ 1
   * @return whether nothing is missing any more
   */
  public boolean run(Keeper keeper, AuditWatch watch, int jobs) {
    List<Work> missing = missing(keeper, watch);
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> broken = new AtomicReference<>();
    try (SystemPool pool = new SystemPool()) {
      List<Thread> crew = new ArrayList<>();
      for (int i = 0; i < Math.min(jobs, missing.size()); i++) {
        Thread thread =
            new Thread(
                () -> work(missing, next, pool, keeper, watch, broken), "shootdown-audit-" + i);
        thread.setDaemon(true);
        thread.start();
        crew.add(thread);
      }
      crew.forEach(Audit::join);
    }
    rethrow(broken.get());
    return !stop.isRaised();
  }

  private List<Work> missing(Keeper keeper, AuditWatch watch) {
    TreeMap<String, CellResult> kept = keeper.kept();
    List<Work> works = works();
    List<Work> missing =
        works.stream().filter(work -> !kept.containsKey(work.name().text())).toList();
    watch.planned(works.size() - missing.size(), works.size());
    return missing;
  }

  /**
   * Runs what is missing, wherever there is somebody to do it. What is kept is what {@link #run}
   * would have kept, and a cell that comes back twice is kept once.
   *
   * @return whether nothing is missing any more
   */
  public boolean spread(Keeper keeper, AuditWatch watch, Spread spread) {
    TreeMap<String, Work> here = new TreeMap<>();
    TreeMap<String, Work> away = new TreeMap<>();
    for (Work work : missing(keeper, watch)) {
      // What cannot be is told at once: nothing is run for it.
      (reasonAgainst(work).isPresent() ? here : away).put(work.name().text(), work);
    }
    List<Supplier<byte[]>> pieces = new ArrayList<>();
    away.values().forEach(work -> pieces.add(portable(work)::toBytes));
    try (SystemPool pool = new SystemPool()) {
      here.values().forEach(work -> keep(one(work, pool), keeper, watch));
      spread.run(
          pieces, stop::isRaised,
          outcomes -> outcomes.forEach(
              outcome -> keep(brought(outcome, away, pool), keeper, watch)));
    }
    return !stop.isRaised();
  }

  /** What was refused elsewhere is refused again here, where the files are that it is told with. */
  private Optional<CellResult> brought(
      byte[] outcome, TreeMap<String, Work> away, SystemPool pool) {
    CellResult result =
        SpreadCells.result(outcome)
            .filter(each -> away.containsKey(each.name().text()))
            .orElseThrow(() -> new IllegalStateException("a cell came back damaged"));
    return result.state() == CellResult.State.NOT_APPLICABLE
        ? one(away.get(result.name().text()), pool) : Optional.of(result);
  }

  private static void keep(Optional<CellResult> result, Keeper keeper, AuditWatch watch) {
    result.ifPresent(
        each -> {
          keeper.keep(each);
          watch.ended(each);
        });
  }

  private PortableCell portable(Work work) {
    return new PortableCell(
        work.name(), work.row().operation(), command + " " + work.name().text(),
        spec.schedules(), loader.settings(work.row(), work.column(), work.consumer()));
  }

  private Optional<String> reasonAgainst(Work work) {
    return loader.reasonAgainst(work.row(), work.column(), work.consumer());
  }

  private void work(
      List<Work> missing, AtomicInteger next, SystemPool pool, Keeper keeper, AuditWatch watch,
      AtomicReference<Throwable> broken) {
    try {
      for (int i = next.getAndIncrement();
          i < missing.size() && !stop.isRaised() && broken.get() == null;
          i = next.getAndIncrement()) {
        Optional<CellResult> result = one(missing.get(i), pool);
        if (result.isPresent()) {
          synchronized (keeper) {
            keeper.keep(result.get());
          }
          watch.ended(result.get());
        }
      }
    } catch (RuntimeException | Error thrown) {
      broken.compareAndSet(null, thrown);
    }
  }

  private Optional<CellResult> one(Work work, SystemPool pool) {
    CellName name = work.name();
    Optional<String> against = reasonAgainst(work);
    if (against.isPresent()) {
      return Optional.of(CellResult.notApplicable(name, against.get()));
    }
    Variant variant;
    try {
      variant = loader.load(work.row(), work.column(), work.consumer());
    } catch (ConfigProblems refused) {
      return Optional.of(
          CellResult.notApplicable(name, "refused: " + refused.problems().get(0).line()));
    }
    return new CellRun(pool, stop, variant, portable(work)).run();
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException later) {
        interrupted = true; // what has begun is kept
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }
}

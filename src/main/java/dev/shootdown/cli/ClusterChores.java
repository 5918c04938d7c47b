package dev.shootdown.cli;

import dev.shootdown.audit.SpreadCells;
import dev.shootdown.cluster.ChoreShare;
import dev.shootdown.cluster.Chores;
import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.sweep.Spread;
import dev.shootdown.sweep.SpreadWork;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** What nodes do in pieces: runs of a sweep, cells of an audit. */
final class ClusterChores {
  /** Runs of a sweep. */
  static final Chores.Kind SWEEP =
      new Kind(
          "sweep",
          () -> {
            SpreadWork work = new SpreadWork();
            return new Open(work::done, work::close);
          });

  /** Cells of an audit. */
  static final Chores.Kind AUDIT =
      new Kind(
          "audit",
          () -> {
            SpreadCells cells = new SpreadCells();
            return new Open(cells::done, cells::close);
          });

  /** All that a worker can do. */
  static final List<Chores.Kind> ALL = List.of(SWEEP, AUDIT);

  private ClusterChores() {}

  private record Kind(String kind, Supplier<Chores> opener) implements Chores.Kind {
    @Override
    public Chores open() {
      return opener.get();
    }
  }

  private record Open(Function<byte[], byte[]> does, Runnable closes) implements Chores {
    @Override
    public byte[] done(byte[] chore) {
      return does.apply(chore);
    }

    @Override
    public void close() {
      closes.run();
    }
  }

  /** The nodes that take part in {@code share}, as a sweep or an audit sees them. */
  static Spread over(ChoreShare share) {
    return new Spread() {
      @Override
      public int places() {
        return share.nodes();
      }

      @Override
      public void run(
          List<? extends Supplier<byte[]>> works, BooleanSupplier stopped, Taker taker) {
        try {
          share.run(
              works, stopped,
              outcomes -> taker.take(outcomes.stream().map(ChoreShare.Outcome::bytes).toList()));
        } catch (ClusterProblem problem) {
          throw ClusterPlace.told(problem);
        }
      }
    };
  }
}

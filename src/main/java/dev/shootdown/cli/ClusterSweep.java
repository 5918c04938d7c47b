package dev.shootdown.cli;

import dev.shootdown.cluster.ChoreShare;
import dev.shootdown.cluster.Chores;
import dev.shootdown.cluster.ClusterProblem;
import dev.shootdown.sweep.Spread;
import dev.shootdown.sweep.SpreadWork;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Runs of a sweep as chores of a cluster. */
final class ClusterSweep implements Chores {
  /** What workers know it by. */
  static final Kind KIND =
      new Kind() {
        @Override
        public String kind() {
          return "sweep";
        }

        @Override
        public Chores open() {
          return new ClusterSweep();
        }
      };

  private final SpreadWork work = new SpreadWork();

  @Override
  public byte[] done(byte[] chore) {
    return work.done(chore);
  }

  @Override
  public void close() {
    work.close();
  }

  /** What a sweep spreads over. */
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

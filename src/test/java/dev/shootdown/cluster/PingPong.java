package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.Blueprint;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Link;
import dev.shootdown.engine.RunOptions;
import dev.shootdown.engine.RunOutcome;
import dev.shootdown.engine.Simulation;
import dev.shootdown.engine.StopFlag;
import dev.shootdown.engine.SystemPool;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Two parts on two nodes that throw a ball with a payload to each other until somebody stops them.
 *
 * @param onBall called by the part on node {@code at}, with the ball's number
 */
record PingPong(String hash, long balls, String payload, int at, LongConsumer onBall)
    implements Task {
  static final String KIND = "ping-pong";
  static final long ENDLESS = Long.MAX_VALUE;

  /** What is thrown. */
  record Ball(long number, String payload) {}

  /** What is stated. */
  record Caught(long number) implements Fact {
    @Override
    public long digest() {
      return number;
    }
  }

  private record Hop() implements Link {
    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      return nowPs + 1_000;
    }

    @Override
    public long minimumPs() {
      return 1_000;
    }
  }

  static PingPong of(long balls, int at, LongConsumer onBall) {
    return new PingPong("same", balls, "", at, onBall);
  }

  /** Reads this very task, whatever the text. */
  Task.Reader reader() {
    PingPong self = this;
    return new Task.Reader() {
      @Override
      public String kind() {
        return KIND;
      }

      @Override
      public Task read(String text, long seed) {
        return self;
      }
    };
  }

  private Blueprint blueprint() {
    Blueprint.Builder builder = Blueprint.builder();
    for (int i = 0; i < 2; i++) {
      int number = i;
      builder.<Ball>component("part" + i, ctx -> part(ctx, number), number);
    }
    for (int i = 0; i < 2; i++) {
      builder.connect(
          "part" + i, "out", builder.<Ball>inlet("part" + (1 - i), "in", b -> b), new Hop());
    }
    return builder.build();
  }

  private Behavior<Ball> part(Ctx<Ball> ctx, int number) {
    return Behaviors.setup(
        context -> {
          if (number == 0) {
            ctx.send(ctx.port("out", Ball.class), new Ball(1, payload));
          }
          return Behaviors.receiveMessage(
              ball -> {
                ctx.mark(new Caught(ball.number()));
                if (number == at) {
                  onBall.accept(ball.number());
                }
                if (ball.number() < balls) {
                  ctx.send(ctx.port("out", Ball.class), new Ball(ball.number() + 1, payload));
                }
                return Behaviors.same();
              });
        });
  }

  @Override
  public List<Class<?>> messages() {
    return List.of(Ball.class);
  }

  @Override
  public List<Class<?>> facts() {
    return List.of(Caught.class);
  }

  @Override
  public void run(SystemPool pool, int workers, StopFlag stop) {
    outcome(pool);
  }

  RunOutcome outcome(SystemPool pool) {
    return simulation(pool).run();
  }

  Simulation simulation(SystemPool pool) {
    return new Simulation(pool, blueprint(), RunOptions.plain(), Optional.empty());
  }

  /** Waits, and fails after half a minute. */
  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Does nothing for so long. */
  static void pause(long millis) {
    try {
      assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As node 0. */
  RunOutcome runOn(Coordinator coordinator) {
    try (SystemPool pool = coordinator.begin(this, KIND, "", 1, 1)) {
      return outcome(pool);
    }
  }
}

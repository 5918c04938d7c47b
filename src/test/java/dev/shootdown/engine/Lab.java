package dev.shootdown.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Parts made of two lambdas, and short cuts to wire and run them. Commands are plain objects. */
final class Lab {
  private Lab() {}

  /** A fact that is a text. */
  record Note(String text) implements Fact {
    @Override
    public long digest() {
      return Mix.text(0, text);
    }
  }

  /** What an observer was shown. */
  record Seen(long atPs, String component, Fact fact) {}

  /** A part that does {@code onStart} once and {@code onMessage} per message. */
  static Function<Ctx<Object>, Behavior<Object>> part(
      Consumer<Ctx<Object>> onStart, BiConsumer<Ctx<Object>, Object> onMessage) {
    return ctx ->
        Behaviors.setup(
            context -> {
              onStart.accept(ctx);
              return Behaviors.receiveMessage(
                  message -> {
                    onMessage.accept(ctx, message);
                    return Behaviors.same();
                  });
            });
  }

  /** A part that only does something when it starts; what it then gets, it ignores. */
  static Function<Ctx<Object>, Behavior<Object>> starter(Consumer<Ctx<Object>> onStart) {
    return part(onStart, (ctx, message) -> {});
  }

  /** A part that waits for messages. */
  static Function<Ctx<Object>, Behavior<Object>> listener(
      BiConsumer<Ctx<Object>, Object> onMessage) {
    return part(ctx -> {}, onMessage);
  }

  static Port<Object> port(Ctx<Object> ctx, String name) {
    return ctx.port(name, Object.class);
  }

  static void send(Ctx<Object> ctx, String port, Object message) {
    ctx.send(port(ctx, port), message);
  }

  static Inlet<Object> inlet(Blueprint.Builder builder, String component) {
    return builder.<Object>inlet(component, "in", message -> message);
  }

  /** Connects {@code port} of {@code from} to {@code to} by a wire of fixed latency. */
  static Blueprint.Builder wire(
      Blueprint.Builder builder, String from, String port, String to, long latencyPs) {
    return builder.connect(from, port, inlet(builder, to), new Fixed(latencyPs));
  }

  /** A wire of one latency. */
  record Fixed(long latencyPs) implements Link {
    @Override
    public long arrivalPs(long nowPs, Object message, Dice dice) {
      return nowPs + latencyPs;
    }

    @Override
    public long minimumPs() {
      return latencyPs;
    }
  }

  /** Runs {@code blueprint} in a pool of its own. */
  static RunOutcome run(Blueprint blueprint, RunOptions options) {
    try (SystemPool pool = new SystemPool()) {
      return new Simulation(pool, blueprint, options, Optional.empty()).run();
    }
  }

  static RunOutcome run(Blueprint blueprint) {
    return run(blueprint, RunOptions.plain());
  }

  /** Runs {@code blueprint} in a pool of its own and returns what an observer was shown. */
  static List<Seen> observed(Blueprint blueprint, RunOptions options) {
    List<Seen> seen = new ArrayList<>();
    try (SystemPool pool = new SystemPool()) {
      Observer observer = (atPs, component, fact) -> seen.add(new Seen(atPs, component, fact));
      new Simulation(pool, blueprint, options, Optional.of(observer)).run();
    }
    return seen;
  }

  static RunOptions until(long untilPs) {
    return new RunOptions(1, Optional.empty(), untilPs, 100_000_000L, 1, new StopFlag());
  }

  static RunOptions epochs(long epochPs) {
    return new RunOptions(1, Optional.empty(), Long.MAX_VALUE, epochPs, 1, new StopFlag());
  }

  static RunOptions tied(long tieSeed) {
    return new RunOptions(
        1, Optional.of(tieSeed), Long.MAX_VALUE, 100_000_000L, 1, new StopFlag());
  }
}

package dev.shootdown.hardware;

import dev.shootdown.engine.Dice;
import dev.shootdown.protocol.Ats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Messages on their way that may be delivered in any order that the lane's rule allows. */
final class Lane {
  /** Which message may be next. */
  enum Rule {
    /** The oldest. */
    FIFO,
    /** Any that was not sent after a posted message that is still there. */
    PCIE,
    /** Any. */
    ANY
  }

  private record Held(Object message, long readyAtStep) {}

  private final Rule rule;
  private final Consumer<Object> deliver;
  private final List<Held> messages = new ArrayList<>();

  Lane(Rule rule, Consumer<Object> deliver) {
    this.rule = rule;
    this.deliver = deliver;
  }

  /** Adds a message that is to stay here until {@code readyAtStep}, if it may be overtaken. */
  void add(Object message, long readyAtStep) {
    boolean overtakable = rule != Rule.FIFO && !isPosted(message);
    messages.add(new Held(message, overtakable ? readyAtStep : 0));
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  boolean isReady(long step) {
    return !ready(step).isEmpty();
  }

  /** Delivers a message that is ready at {@code step}. */
  void deliverOne(Dice dice, long step) {
    List<Integer> ready = ready(step);
    int index = ready.get(dice.below(ready.size()));
    deliver.accept(messages.remove(index).message());
  }

  private List<Integer> ready(long step) {
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).readyAtStep() <= step) {
        ready.add(i);
      }
      if (rule == Rule.FIFO || (rule == Rule.PCIE && isPosted(messages.get(i).message()))) {
        return ready;
      }
    }
    return ready;
  }

  private static boolean isPosted(Object message) {
    return message instanceof Ats.InvalidateRequest || message instanceof Ats.InvalidateCompletion
        || message instanceof Ats.PageRequest || message instanceof Ats.PrgResponse;
  }
}

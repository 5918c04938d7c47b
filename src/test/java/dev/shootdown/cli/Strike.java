package dev.shootdown.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Does something to the worker that a verb has started, at the first line that says it is time. */
final class Strike implements Consumer<String>, AutoCloseable {
  private final List<ProcessHandle> before = ProcessHandle.current().children().toList();
  private final Predicate<String> time;
  private final Consumer<ProcessHandle> blow;
  private volatile Optional<ProcessHandle> struck = Optional.empty();

  Strike(Predicate<String> time, Consumer<ProcessHandle> blow) {
    this.time = time;
    this.blow = blow;
  }

  /** Kills it when progress first tells of two nodes: it is one of them, and work has begun. */
  static Strike atTheFirstTickOfTwo() {
    return new Strike(line -> line.contains("nodes: 2"), ProcessHandle::destroyForcibly);
  }

  @Override
  public void accept(String line) {
    if (struck.isEmpty() && time.test(line)) {
      ProcessHandle worker =
          ProcessHandle.current().children()
              .filter(child -> !before.contains(child))
              .findFirst()
              .orElseThrow();
      struck = Optional.of(worker);
      blow.accept(worker);
    }
  }

  boolean isDone() {
    return struck.isPresent();
  }

  /** Leaves no process behind that was only stopped. */
  @Override
  public void close() {
    struck.ifPresent(ProcessHandle::destroyForcibly);
  }
}

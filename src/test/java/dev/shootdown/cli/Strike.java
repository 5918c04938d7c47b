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

  /** What makes verbs tick so often that the blow comes early; see {@link #whenTwoHaveBegun}. */
  static final List<String> TICKS = List.of("--progress-every", "0.2");

  /** So long work has to take on two cores, in ns, that the loss is noticed before it is over. */
  static final long LONG_ENOUGH_NS = 6_000_000_000L;

  /** Kills it when progress first tells of two nodes, of which one has done something. */
  static Strike whenTwoHaveBegun() {
    return new Strike(
        line -> line.contains("nodes: 2") && !line.startsWith("0/"),
        ProcessHandle::destroyForcibly);
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

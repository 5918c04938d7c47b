package dev.shootdown.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * The far end of one of a part's ports. It is read, never waited for: time stands still until the
 * test moves it.
 *
 * @param <M> what comes out of the port
 */
public final class Probe<M> {
  private final PartKit<?> kit;
  private final String port;
  private final Class<M> type;

  Probe(PartKit<?> kit, String port, Class<M> type) {
    this.kit = kit;
    this.port = port;
    this.type = type;
  }

  /** What came out since it was last read, in order. */
  public List<M> take() {
    return kit.take(port).stream().map(sent -> type.cast(sent.message())).toList();
  }

  /** The one message that came out since it was last read; fails if there are more, or none. */
  public M takeOne() {
    List<M> taken = take();
    assertThat(taken).as("what left through '%s'", port).hasSize(1);
    return taken.get(0);
  }
}

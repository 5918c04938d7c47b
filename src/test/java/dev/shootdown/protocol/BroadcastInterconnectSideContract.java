package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Broadcast.InterconnectSide} owes the CPUs of its domain. */
public abstract class BroadcastInterconnectSideContract {
  private static final Broadcast.What ONE = what(7);
  private static final Broadcast.What OTHER = what(9);

  /** What it said, and to which CPU. */
  public record Said(int cpu, Broadcast.ToCpu message) {}

  /** An interconnect with three CPUs played by the test. */
  public interface Subject {
    void hear(Broadcast.ToInterconnect message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said since the last call. */
    List<Said> takeSaid();
  }

  /** An idle interconnect. */
  protected abstract Subject subject();

  private static Broadcast.What what(long page) {
    return new Broadcast.What(
        1, PageRange.of(page), Broadcast.NO_GENERATION, FlushHandler.Walks.KEEP, false);
  }

  private static List<Broadcast.Forget> forgets(List<Said> said, int cpu) {
    return said.stream().filter(one -> one.cpu() == cpu).map(Said::message)
        .filter(Broadcast.Forget.class::isInstance).map(Broadcast.Forget.class::cast).toList();
  }

  private static List<Said> synced(Subject subject) {
    subject.settle();
    return subject.takeSaid().stream()
        .filter(said -> said.message() instanceof Broadcast.Synced).toList();
  }

  @Test
  void shouldTellAllButTheIssuerInTheOrderOfArrival() {
    Subject interconnect = subject();
    interconnect.hear(new Broadcast.Invalidate(1, ONE, 1));
    interconnect.hear(new Broadcast.Invalidate(1, OTHER, 2));
    interconnect.settle();
    List<Said> said = interconnect.takeSaid();

    assertThat(forgets(said, 1)).isEmpty();
    assertThat(forgets(said, 0)).extracting(Broadcast.Forget::what).containsExactly(ONE, OTHER);
    assertThat(forgets(said, 2)).as("the same under the same numbers")
        .isEqualTo(forgets(said, 0));
    assertThat(forgets(said, 0)).extracting(Broadcast.Forget::number).doesNotHaveDuplicates();
  }

  @Test
  void shouldAnswerTheIssuerOnceWhenTheLastHasForgotten() {
    Subject interconnect = subject();
    interconnect.hear(new Broadcast.Invalidate(1, ONE, 1));
    interconnect.hear(new Broadcast.Sync(1, 1, 77));
    interconnect.settle();
    long number = forgets(interconnect.takeSaid(), 0).get(0).number();
    interconnect.hear(new Broadcast.Forgotten(0, number));
    assertThat(synced(interconnect)).as("one is missing").isEmpty();
    interconnect.hear(new Broadcast.Forgotten(2, number));

    assertThat(synced(interconnect)).containsExactly(new Said(1, new Broadcast.Synced(77)));
  }

  @Test
  void shouldAnswerAtOnceWhenEverythingWasForgottenBefore() {
    Subject interconnect = subject();
    interconnect.hear(new Broadcast.Invalidate(1, ONE, 1));
    interconnect.settle();
    long number = forgets(interconnect.takeSaid(), 0).get(0).number();
    interconnect.hear(new Broadcast.Forgotten(2, number));
    interconnect.hear(new Broadcast.Forgotten(0, number));
    interconnect.hear(new Broadcast.Sync(1, 1, 78));

    assertThat(synced(interconnect)).containsExactly(new Said(1, new Broadcast.Synced(78)));
  }

  @Test
  void shouldNotLetOneWaitForAnother() {
    Subject interconnect = subject();
    interconnect.hear(new Broadcast.Invalidate(0, ONE, 1));
    interconnect.hear(new Broadcast.Invalidate(1, OTHER, 1));
    interconnect.hear(new Broadcast.Sync(1, 1, 79));
    interconnect.settle();
    long number = forgets(interconnect.takeSaid(), 0).get(0).number();
    interconnect.hear(new Broadcast.Forgotten(0, number));
    interconnect.hear(new Broadcast.Forgotten(2, number));

    assertThat(synced(interconnect)).containsExactly(new Said(1, new Broadcast.Synced(79)));
  }
}

package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.NestedDomain.Invalidate;
import dev.shootdown.protocol.NestedDomain.Invalidated;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link NestedDomain.DomainSide} owes the emulator whose guest owns the first stage. */
public abstract class NestedDomainDomainSideContract {
  /** A domain, with the IOMMU played by the test. */
  public interface Subject {
    void hear(NestedDomain.ToDomain message);

    /** Lets all the time pass that it needs by itself. */
    void settle();

    /** The IOMMU has done the oldest of what it was asked for, at these times. */
    void iommuAnswers(long startedPs, long iotlbDonePs, long deviceDonePs);

    /** What it said to the emulator since the last call. */
    List<Invalidated> takeSaid();
  }

  /** A domain that has nothing to do. */
  protected abstract Subject subject();

  @Test
  void shouldAnswerOnlyWhenTheIommuHasForgotten() {
    Subject domain = subject();
    domain.hear(new Invalidate(9, 5, new PageRange(16, 4)));
    domain.settle();
    assertThat(domain.takeSaid()).isEmpty();
    domain.iommuAnswers(10, 20, 30);
    domain.settle();

    assertThat(domain.takeSaid()).containsExactly(new Invalidated(9, 10, 20, 30));
  }

  @Test
  void shouldAnswerEachOnceInOrderWhenSeveralAreUnderWay() {
    Subject domain = subject();
    for (long ticket = 1; ticket <= 3; ticket++) {
      domain.hear(new Invalidate(ticket, 5, PageRange.of(16 * ticket)));
    }
    for (int i = 0; i < 3; i++) {
      domain.settle();
      domain.iommuAnswers(0, 0, 0);
    }
    domain.settle();

    assertThat(domain.takeSaid()).extracting(Invalidated::ticket).containsExactly(1L, 2L, 3L);
  }
}

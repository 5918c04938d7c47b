package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.SharedTable.Fault;
import dev.shootdown.protocol.SharedTable.FaultAnswered;
import dev.shootdown.protocol.SharedTable.Invalidate;
import dev.shootdown.protocol.SharedTable.Invalidated;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link SharedTable.ImporterSide} owes KVM, whose table it imported. */
public abstract class SharedTableImporterSideContract {
  /** An importer, with KVM, the IOMMU and its devices played by the test. */
  public interface Subject {
    void hear(SharedTable.ToImporter message);

    /** A device wants {@code page}, in a group of its own. */
    void deviceFaults(long page, int group);

    /** Lets all the time pass that it needs by itself. */
    void settle();

    /** The IOMMU has done the oldest of what it was asked for. */
    void iommuAnswers();

    /** What it said to KVM since the last call. */
    List<SharedTable.ToKvm> takeSaid();

    /** The groups of page requests that it answered since the last call. */
    List<Integer> takeAnsweredGroups();

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An importer that has told nobody anything. */
  protected abstract Subject subject();

  private static Invalidate invalidate(long ticket, long gfn) {
    return new Invalidate(ticket, 5, new PageRange(gfn, 4), 0, new PageRange(gfn + 100, 4));
  }

  @Test
  void shouldAnswerOnlyWhenTheIommuHasForgotten() {
    Subject importer = subject();
    importer.hear(invalidate(9, 16));
    importer.settle();
    assertThat(importer.takeSaid()).isEmpty();
    importer.iommuAnswers();
    importer.settle();

    assertThat(importer.takeSaid()).containsExactly(new Invalidated(9));
  }

  @Test
  void shouldAnswerEachOnceWhenSeveralAreUnderWay() {
    Subject importer = subject();
    for (long ticket = 1; ticket <= 3; ticket++) {
      importer.hear(invalidate(ticket, 16 * ticket));
    }
    for (int i = 0; i < 3; i++) {
      importer.settle();
      importer.iommuAnswers();
    }
    importer.settle();

    assertThat(importer.takeSaid())
        .containsExactlyInAnyOrder(new Invalidated(1), new Invalidated(2), new Invalidated(3));
  }

  @Test
  void shouldAskKvmAndAnswerTheDeviceOnceWhenItFaults() {
    Subject importer = subject();
    importer.deviceFaults(7, 2);
    importer.settle();
    List<SharedTable.ToKvm> asked = importer.takeSaid();
    assertThat(asked).singleElement().isInstanceOf(Fault.class)
        .matches(fault -> ((Fault) fault).gfn() == 7);
    assertThat(importer.takeAnsweredGroups()).as("before KVM has seen to it").isEmpty();
    importer.hear(new FaultAnswered(((Fault) asked.get(0)).request(), false));
    importer.settle();

    assertThat(importer.takeAnsweredGroups()).containsExactly(2);
  }

  @Test
  void shouldStateABreachWhenAFaultIsAnsweredThatItDidNotAskFor() {
    Subject importer = subject();
    importer.hear(new FaultAnswered(77, false));
    importer.settle();

    assertThat(importer.breaches()).isEqualTo(1);
    assertThat(importer.takeAnsweredGroups()).isEmpty();
  }
}

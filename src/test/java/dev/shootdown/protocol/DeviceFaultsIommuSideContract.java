package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link DeviceFaults.IommuSide} owes the software that reads its log. */
public abstract class DeviceFaultsIommuSideContract {
  /** Slots of the log. */
  protected static final int DEPTH = 2;

  /** An IOMMU with a log of {@link #DEPTH} slots; devices and software are played by the test. */
  public interface Subject {
    /** A device asks for a page, in a group of its own. */
    void request(int group);

    void hear(DeviceFaults.ToIommu message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said to software since the last call. */
    List<DeviceFaults.ToKernel> takeSaid();
  }

  /** One with an empty log. */
  protected abstract Subject subject();

  private static void request(Subject iommu, int... groups) {
    for (int group : groups) {
      iommu.request(group);
    }
    iommu.settle();
  }

  private static List<Integer> raised(List<DeviceFaults.ToKernel> said) {
    return said.stream().filter(DeviceFaults.Raised.class::isInstance)
        .map(message -> ((DeviceFaults.Raised) message).group()).toList();
  }

  private static long overflows(List<DeviceFaults.ToKernel> said) {
    return said.stream().filter(DeviceFaults.Overflowed.class::isInstance).count();
  }

  @Test
  void shouldWriteRecordsInTheOrderOfRequests() {
    Subject iommu = subject();
    request(iommu, 5, 3);

    assertThat(raised(iommu.takeSaid())).containsExactly(5, 3);
  }

  @Test
  void shouldUseASlotAgainOnlyWhenItWasTaken() {
    Subject iommu = subject();
    request(iommu, 0, 1);
    iommu.hear(new DeviceFaults.Taken(1));
    request(iommu, 2);
    List<DeviceFaults.ToKernel> said = iommu.takeSaid();

    assertThat(raised(said)).containsExactly(0, 1, 2);
    assertThat(overflows(said)).isZero();
  }

  @Test
  void shouldTellAnOverflowOnceAndWriteNoMore() {
    Subject iommu = subject();
    request(iommu, 0, 1, 2, 3);
    List<DeviceFaults.ToKernel> said = iommu.takeSaid();
    assertThat(raised(said)).containsExactly(0, 1);
    assertThat(overflows(said)).isEqualTo(1);
    iommu.hear(new DeviceFaults.Taken(2));
    request(iommu, 4);

    assertThat(iommu.takeSaid()).as("slots are free, the overflow still stands").isEmpty();
  }

  @Test
  void shouldWriteAgainWhenTheOverflowWasCleared() {
    Subject iommu = subject();
    request(iommu, 0, 1, 2);
    iommu.takeSaid();
    iommu.hear(new DeviceFaults.Taken(2));
    iommu.hear(new DeviceFaults.OverflowCleared());
    request(iommu, 4, 5, 6);
    List<DeviceFaults.ToKernel> said = iommu.takeSaid();

    assertThat(raised(said)).containsExactly(4, 5);
    assertThat(overflows(said)).as("another one").isEqualTo(1);
  }
}

package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link DeviceFaults.KernelSide} owes the IOMMU whose log it reads. */
public abstract class DeviceFaultsKernelSideContract {
  /** Number of the IOMMU. */
  protected static final int IOMMU = 0;

  /** The PASID that records are about. */
  protected static final int PASID = 3;

  /** A reader of one IOMMU's log, which has threads enough to read all that there is. */
  public interface Subject {
    void hear(DeviceFaults.ToKernel message);

    /** Lets it read, and do whatever else it does by itself. */
    void settle();

    /** What it said to the IOMMU since the last call. */
    List<DeviceFaults.ToIommu> takeSaid();
  }

  /** A reader of an empty log. */
  protected abstract Subject subject();

  private static DeviceFaults.Raised record(long page, int group, boolean last) {
    return new DeviceFaults.Raised(IOMMU, 0, PASID, page, true, group, last, false);
  }

  private static int taken(List<DeviceFaults.ToIommu> said) {
    return said.stream().filter(DeviceFaults.Taken.class::isInstance)
        .mapToInt(message -> ((DeviceFaults.Taken) message).records()).sum();
  }

  private static List<DeviceFaults.ToIommu> said(Subject reader) {
    reader.settle();
    return new ArrayList<>(reader.takeSaid());
  }

  @Test
  void shouldFreeEachSlotOnceWhenItReadsRecords() {
    Subject reader = subject();
    List<DeviceFaults.ToIommu> said = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      reader.hear(record(10 + i, i, true));
      said.addAll(said(reader));
    }

    assertThat(taken(said)).isEqualTo(5);
    assertThat(said).as("nothing was lost").allMatch(DeviceFaults.Taken.class::isInstance);
  }

  @Test
  void shouldFreeTheSlotsOfAGroupWhoseRecordsComeApart() {
    Subject reader = subject();
    reader.hear(record(10, 5, false));
    reader.hear(record(11, 6, true));
    reader.hear(record(12, 5, true));

    assertThat(taken(said(reader))).isEqualTo(3);
  }

  @Test
  void shouldClearAnOverflowOnceAndAfterWhatWasWrittenBefore() {
    Subject reader = subject();
    reader.hear(record(10, 5, true));
    reader.hear(record(11, 6, true));
    reader.hear(new DeviceFaults.Overflowed(IOMMU));
    List<DeviceFaults.ToIommu> said = said(reader);

    assertThat(said).filteredOn(DeviceFaults.OverflowCleared.class::isInstance).hasSize(1);
    assertThat(said.get(said.size() - 1)).isInstanceOf(DeviceFaults.OverflowCleared.class);
    assertThat(taken(said)).isEqualTo(2);
  }

  @Test
  void shouldReadOnWhenAnOverflowWasCleared() {
    Subject reader = subject();
    reader.hear(record(10, 5, false));
    reader.hear(new DeviceFaults.Overflowed(IOMMU));
    said(reader);
    reader.hear(record(12, 7, true));

    assertThat(said(reader)).containsExactly(new DeviceFaults.Taken(1));
  }
}

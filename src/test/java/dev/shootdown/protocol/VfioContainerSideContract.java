package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Vfio.MapDma;
import dev.shootdown.protocol.Vfio.Result;
import dev.shootdown.protocol.Vfio.Status;
import dev.shootdown.protocol.Vfio.UnmapDma;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Vfio.ContainerSide} owes the emulator (Linux, type1 version 2). */
public abstract class VfioContainerSideContract {
  private static final long MIB = 1 << 20;

  /** A container whose emulator is played by the test. */
  public interface Subject {
    void hear(Vfio.ToContainer message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** What it said to the emulator since the last call. */
    List<Result> takeSaid();

    /** Whether the device behind it would reach memory with a write of {@code page}. */
    boolean reaches(long page);
  }

  /** An empty container that can hold two mappings or more. */
  protected abstract Subject subject();

  private static Result ask(Subject container, Vfio.ToContainer message) {
    container.hear(message);
    container.settle();
    List<Result> said = container.takeSaid();
    assertThat(said).hasSize(1);
    return said.get(0);
  }

  private static Subject mapped(Subject container) {
    Result result = ask(container, new MapDma(1, 2 * MIB, 2 * MIB, 512, true));
    assertThat(result).isEqualTo(new Result(1, Status.OK, 0, List.of()));
    return container;
  }

  @Test
  void shouldLetTheDeviceReachWhatIsMappedAndNothingElse() {
    Subject container = mapped(subject());

    assertThat(container.reaches(512)).isTrue();
    assertThat(container.reaches(1023)).isTrue();
    assertThat(container.reaches(511)).isFalse();
    assertThat(container.reaches(1024)).isFalse();
  }

  @Test
  void shouldTellHowMuchIsGoneWhenAnUnmapCoversMore() {
    Subject container = mapped(subject());

    assertThat(ask(container, new UnmapDma(8, MIB, 9 * MIB, false, false)))
        .isEqualTo(new Result(8, Status.OK, 2 * MIB, List.of()));
    assertThat(container.reaches(512)).isFalse();
    assertThat(ask(container, new UnmapDma(9, MIB, 9 * MIB, false, false)))
        .as("nothing there is no error").isEqualTo(new Result(9, Status.OK, 0, List.of()));
  }

  @Test
  void shouldRefuseAndChangeNothingWhenAMappingWouldBeCut() {
    Subject container = mapped(subject());

    assertThat(ask(container, new UnmapDma(8, 3 * MIB, MIB, false, false)).status())
        .isEqualTo(Status.INVALID);
    assertThat(container.reaches(512)).isTrue();
    assertThat(container.reaches(1023)).isTrue();
  }

  @Test
  void shouldRefuseWhenSizesAreZeroOrWrapOrNoPages() {
    for (long[] bad : new long[][] {{0, 0}, {0x1000, 0x800}, {-0x1000, 0x2000}, {0x10, 0x1000}}) {
      Subject container = subject();
      assertThat(ask(container, new MapDma(1, bad[0], bad[1], 5, true)).status())
          .as("map of %x bytes at %x", bad[1], bad[0]).isEqualTo(Status.INVALID);
      assertThat(ask(container, new UnmapDma(2, bad[0], bad[1], false, false)).status())
          .as("unmap of %x bytes at %x", bad[1], bad[0]).isEqualTo(Status.INVALID);
    }
  }

  @Test
  void shouldRefuseAMapWhenSomethingIsThere() {
    Subject container = mapped(subject());

    assertThat(ask(container, new MapDma(2, 3 * MIB, MIB, 9, true)).status())
        .isEqualTo(Status.EXISTS);
  }

  @Test
  void shouldDropEverythingWhenAllIsAskedForOrTheEmulatorEnds() {
    Subject container = mapped(subject());
    assertThat(ask(container, new UnmapDma(8, 0, 0, true, false)).unmappedBytes())
        .isEqualTo(2 * MIB);
    assertThat(container.reaches(512)).isFalse();

    Subject ended = mapped(subject());
    ended.hear(new Vfio.Closed());
    ended.settle();
    assertThat(ended.reaches(512)).isFalse();
    assertThat(ended.takeSaid()).isEmpty();
  }
}

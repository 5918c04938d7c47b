package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats.InvalidateCompletion;
import dev.shootdown.protocol.Ats.InvalidateRequest;
import dev.shootdown.protocol.Invalidation.Completed;
import dev.shootdown.protocol.Invalidation.Descriptor;
import dev.shootdown.protocol.Invalidation.DeviceTlb;
import dev.shootdown.protocol.Invalidation.Iotlb;
import dev.shootdown.protocol.Invalidation.Submit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Invalidation.IommuSide} owes software and its devices (VT-d 6.5.2). */
public abstract class InvalidationIommuSideContract {
  /** What a device that is not a VF takes at a time: QDEP 0 stands for 32. */
  protected static final int QUEUE_DEPTH = 32;

  private static final int PASID = 3;
  private static final PageRange RANGE = new PageRange(16, 4);

  /** A status word and the number of the CPU that it went to. */
  public record Answer(int cpu, Completed completed) {}

  /** An IOMMU of two CPUs and two devices, with everything around it played by the test. */
  public interface Subject {
    void hear(Invalidation.ToIommu message);

    void hear(Ats.ToIommu message);

    /** Lets all the time pass that it needs. */
    void settle();

    /** The status words since the last call. */
    List<Answer> takeAnswers();

    /** The invalidations sent to {@code device} since the last call. */
    List<InvalidateRequest> takeSaid(int device);

    /** When each IOTLB invalidation took effect, in ps. */
    List<Long> sweptAtPs();
  }

  /** An idle IOMMU. */
  protected abstract Subject subject();

  @Test
  void shouldAnswerOnceWhenASubmissionIsEmpty() {
    Subject iommu = subject();
    iommu.hear(new Submit(1, 0, 42, List.of()));
    iommu.settle();

    assertThat(iommu.takeAnswers()).hasSize(1).first()
        .matches(answer -> answer.cpu() == 1 && answer.completed().ticket() == 42);
  }

  /** Rule H2: a wait completes only after all effects before it. */
  @Test
  void shouldAnswerOnlyWhenTheIotlbHasBeenSwept() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new Iotlb(PASID, RANGE), new Iotlb(PASID, PageRange.ALL)));
    assertThat(iommu.takeAnswers()).isEmpty();
    iommu.settle();

    assertThat(iommu.sweptAtPs()).hasSize(2);
    Completed completed = iommu.takeAnswers().get(0).completed();
    assertThat(completed.iotlbDonePs()).isEqualTo(iommu.sweptAtPs().get(1));
    assertThat(completed.deviceDonePs()).isEqualTo(completed.iotlbDonePs());
  }

  /** Rule H2, the device's part of it. */
  @Test
  void shouldAnswerOnlyWhenAllDevicesHaveAnswered() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, PASID, RANGE), new DeviceTlb(1, PASID, RANGE)));
    iommu.settle();
    assertThat(iommu.takeAnswers()).isEmpty();
    iommu.hear(answer(1, iommu.takeSaid(1).get(0)));
    iommu.settle();
    assertThat(iommu.takeAnswers()).isEmpty();
    iommu.hear(answer(0, iommu.takeSaid(0).get(0)));
    iommu.settle();

    Completed completed = iommu.takeAnswers().get(0).completed();
    assertThat(completed.startedPs()).isLessThanOrEqualTo(completed.iotlbDonePs());
    assertThat(completed.iotlbDonePs()).isLessThanOrEqualTo(completed.deviceDonePs());
  }

  /** Rule H5: else a device could refill its ATC from the stale IOTLB. */
  @Test
  void shouldTellTheDeviceOnlyWhenTheIotlbHasBeenSwept() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new Iotlb(PASID, RANGE), new DeviceTlb(0, PASID, RANGE)));
    assertThat(iommu.takeSaid(0)).isEmpty();
    iommu.settle();

    assertThat(iommu.takeSaid(0)).hasSize(1).first()
        .matches(request -> request.pasid() == PASID && request.range().equals(RANGE));
    assertThat(iommu.sweptAtPs()).hasSize(1);
  }

  @Test
  void shouldAnswerInOrderWhenALaterSubmissionIsDoneFirst() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, PASID, RANGE)));
    iommu.hear(submit(1, 2, new Iotlb(PASID, RANGE)));
    iommu.settle();
    assertThat(iommu.takeAnswers()).isEmpty();
    iommu.hear(answer(0, iommu.takeSaid(0).get(0)));
    iommu.settle();

    assertThat(iommu.takeAnswers()).extracting(answer -> answer.completed().ticket())
        .containsExactly(1L, 2L);
  }

  /** Rule H3: an ITag is not used again before it has been answered, and 32 are all there are. */
  @Test
  void shouldKeepItagsApartWhenADeviceIsSlow() {
    Subject iommu = subject();
    int total = 5 * QUEUE_DEPTH;
    List<Descriptor> many = Collections.nCopies(total, new DeviceTlb(0, PASID, RANGE));
    iommu.hear(new Submit(0, 0, 1, many));
    List<InvalidateRequest> open = new ArrayList<>();
    int seen = 0;
    while (seen < total) {
      iommu.settle();
      List<InvalidateRequest> said = iommu.takeSaid(0);
      assertThat(said).as("after %d of %d", seen, total).isNotEmpty();
      seen += said.size();
      open.addAll(said);
      assertThat(open).hasSizeLessThanOrEqualTo(QUEUE_DEPTH);
      assertThat(open).extracting(InvalidateRequest::itag).doesNotHaveDuplicates()
          .allMatch(itag -> itag >= 0 && itag < 32);
      iommu.hear(answer(0, open.remove(seen % open.size())));
    }
    assertThat(iommu.takeAnswers()).isEmpty();
    open.forEach(request -> iommu.hear(answer(0, request)));
    iommu.settle();

    assertThat(iommu.takeAnswers()).hasSize(1);
  }

  @Test
  void shouldNotConfuseDevicesWhenBothUseTheSameItag() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, PASID, RANGE), new DeviceTlb(1, PASID, RANGE)));
    iommu.settle();
    InvalidateRequest second = iommu.takeSaid(1).get(0);
    assertThat(iommu.takeSaid(0).get(0).itag()).as("tags are per device").isEqualTo(second.itag());
    iommu.hear(answer(1, second));
    iommu.settle();

    assertThat(iommu.takeAnswers()).as("device 0 has not answered").isEmpty();
  }

  /** What concerns all PASIDs must not reach the device as a matter of one. */
  @Test
  void shouldTellTheDeviceWhenAllPasidsAreMeant() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, Ats.NO_PASID, RANGE),
        new DeviceTlb(0, PASID, RANGE, true), new DeviceTlb(0, PASID, RANGE)));
    iommu.settle();

    List<InvalidateRequest> said = iommu.takeSaid(0);
    assertThat(said).extracting(request -> request.concerns(PASID + 1))
        .containsExactly(true, true, false);
  }

  /** A fence: nothing behind it starts before all in front of it is done. */
  @Test
  void shouldHoldBackWhatFollowsWhenAWaitIsAFence() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, PASID, RANGE),
        new Invalidation.Wait(true, false, 0), new DeviceTlb(1, PASID, RANGE)));
    iommu.settle();
    assertThat(iommu.takeSaid(1)).isEmpty();
    iommu.hear(answer(0, iommu.takeSaid(0).get(0)));
    iommu.settle();
    iommu.hear(answer(1, iommu.takeSaid(1).get(0)));
    iommu.settle();

    assertThat(iommu.takeAnswers()).hasSize(1);
  }

  /** The status word of a CPU that gave up must say so, and not come a second time. */
  @Test
  void shouldSayThatItGaveUpWhenADeviceNeverAnswers() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, PASID, RANGE), new Invalidation.Wait(1_000_000)));
    iommu.settle();
    assertThat(iommu.takeAnswers()).extracting(answer -> answer.completed().status())
        .containsExactly(Invalidation.Status.GAVE_UP);
    iommu.hear(answer(0, iommu.takeSaid(0).get(0)));
    iommu.settle();

    assertThat(iommu.takeAnswers()).isEmpty();
  }

  @Test
  void shouldRefuseTheRestWhenACommandCannotBeCoded() {
    Subject iommu = subject();
    iommu.hear(submit(0, 1, new DeviceTlb(0, PASID, new PageRange(7, 4)),
        new DeviceTlb(1, PASID, RANGE)));
    iommu.hear(submit(1, 2, new Iotlb(PASID, RANGE)));
    iommu.settle();

    assertThat(iommu.takeAnswers()).extracting(answer -> answer.completed().status())
        .containsExactly(Invalidation.Status.REFUSED, Invalidation.Status.DONE);
    assertThat(iommu.takeSaid(1)).isEmpty();
  }

  @Test
  void shouldLoseNothingWhenMoreIsSubmittedThanTheRingHolds() {
    Subject iommu = subject();
    for (int ticket = 0; ticket < 500; ticket++) {
      iommu.hear(submit(ticket % 2, ticket, new Iotlb(PASID, PageRange.of(ticket))));
    }
    iommu.settle();

    List<Answer> answers = iommu.takeAnswers();
    assertThat(answers).extracting(answer -> answer.completed().ticket()).hasSize(500).isSorted();
    assertThat(answers).allMatch(answer -> answer.cpu() == answer.completed().ticket() % 2);
  }

  private static Submit submit(int cpu, long ticket, Descriptor... descriptors) {
    return new Submit(cpu, 0, ticket, List.of(descriptors));
  }

  private static InvalidateCompletion answer(int device, InvalidateRequest request) {
    return new InvalidateCompletion(device, request.itag());
  }
}

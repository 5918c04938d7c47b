package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.protocol.Ats.InvalidateCompletion;
import dev.shootdown.protocol.Ats.TranslationCompletion;
import dev.shootdown.protocol.Ats.TranslationRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Ats.IommuSide} owes its devices (PCIe 10.2). */
public abstract class AtsIommuSideContract {
  private static final int PASID = 3;

  /** A page of address space 3 that is mapped. */
  public record Mapping(long page, long pfn, boolean writable) {}

  /** An IOMMU of two devices, with everything around it played by the test. */
  public interface Subject {
    void hear(Ats.ToIommu message);

    /** Lets all the time pass that it needs; page tables answer. */
    void settle();

    /** What it said to {@code device} since the last call. */
    List<Ats.ToDevice> takeSaid(int device);

    /** How many times it stated that a rule was broken. */
    int breaches();
  }

  /** An IOMMU to which address space 3 is bound, with these pages mapped and no others. */
  protected abstract Subject subject(List<Mapping> mappings);

  @Test
  void shouldAnswerEachRequestOnceWhenMoreArriveThanItCanWalk() {
    List<Mapping> mappings = new ArrayList<>();
    for (long page = 0; page < 100; page++) {
      mappings.add(new Mapping(page, 1000 + page, true));
    }
    Subject iommu = subject(mappings);
    for (int i = 0; i < 400; i++) {
      iommu.hear(new TranslationRequest(i % 2, i, PASID, i % 100, false));
    }
    iommu.settle();

    for (int device = 0; device < 2; device++) {
      List<TranslationCompletion> answers = completions(iommu, device);
      int number = device;
      assertThat(answers).hasSize(200).allMatch(answer -> answer.tag() % 2 == number)
          .allMatch(answer -> answer.page() == answer.tag() % 100)
          .allMatch(answer -> answer.pfn() == 1000 + answer.page());
      assertThat(answers).extracting(TranslationCompletion::tag).doesNotHaveDuplicates();
    }
  }

  @Test
  void shouldDenyAccessWhenThePageIsNotMapped() {
    Subject iommu = subject(List.of(new Mapping(7, 70, true)));
    iommu.hear(new TranslationRequest(0, 1, PASID, 8, false));
    iommu.settle();

    assertThat(completions(iommu, 0)).hasSize(1).noneMatch(TranslationCompletion::isGranted);
  }

  @Test
  void shouldDenyAccessWhenTheAddressSpaceIsNotBound() {
    Subject iommu = subject(List.of(new Mapping(7, 70, true)));
    iommu.hear(new TranslationRequest(0, 1, PASID + 1, 7, false));
    iommu.settle();

    assertThat(completions(iommu, 0)).hasSize(1).noneMatch(TranslationCompletion::isGranted);
  }

  @Test
  void shouldGrantWritingOnlyWhenThePageAllowsIt() {
    Subject iommu = subject(List.of(new Mapping(7, 70, true), new Mapping(8, 80, false)));
    iommu.hear(new TranslationRequest(0, 1, PASID, 7, true));
    iommu.hear(new TranslationRequest(0, 2, PASID, 8, true));
    iommu.settle();

    assertThat(completions(iommu, 0)).hasSize(2).allMatch(TranslationCompletion::isGranted)
        .allMatch(answer -> answer.writable() == (answer.page() == 7));
  }

  @Test
  void shouldGrantWritingWhenItIsAskedForAfterReading() {
    Subject iommu = subject(List.of(new Mapping(7, 70, true)));
    iommu.hear(new TranslationRequest(0, 1, PASID, 7, false));
    iommu.settle();
    iommu.hear(new TranslationRequest(0, 2, PASID, 7, true));
    iommu.settle();

    assertThat(completions(iommu, 0)).hasSize(2).last()
        .matches(answer -> answer.tag() == 2 && answer.writable());
  }

  /** Rule H4: nobody but the last of a group is ever answered, and it once. */
  @Test
  void shouldAnswerOnlyTheLastOfAGroupWhenNobodyServesPageRequests() {
    Subject iommu = subject(List.of());
    iommu.hear(new Ats.PageRequest(0, PASID, 7, false, 9, false));
    iommu.hear(new Ats.PageRequest(0, PASID, 8, false, 9, true));
    iommu.hear(new Ats.StopMarker(0, PASID));
    iommu.settle();

    assertThat(iommu.takeSaid(0))
        .containsExactly(new Ats.PrgResponse(PASID, 9, Ats.RESPONSE_FAILURE));
  }

  @Test
  void shouldMoveDataInItsPlaceWhenADeviceHasNoTranslations() {
    Subject iommu = subject(List.of(new Mapping(7, 70, true)));
    iommu.hear(new Ats.UntranslatedDma(0, 5, PASID, 7, true, 64));
    iommu.hear(new Ats.UntranslatedDma(1, 5, PASID, 8, false, 64));
    iommu.settle();

    assertThat(iommu.takeSaid(0))
        .containsExactly(new Ats.UntranslatedDone(5, Ats.Status.SC, 0));
    assertThat(iommu.takeSaid(1)).as("page 8 is not mapped")
        .containsExactly(new Ats.UntranslatedDone(5, Ats.Status.UR, 0));
  }

  @Test
  void shouldStateABreachWhenADeviceAnswersWhatItWasNotAsked() {
    Subject iommu = subject(List.of());
    iommu.hear(new InvalidateCompletion(0, 5));
    iommu.settle();

    assertThat(iommu.breaches()).isEqualTo(1);
    assertThat(iommu.takeSaid(0)).isEmpty();
  }

  private static List<TranslationCompletion> completions(Subject iommu, int device) {
    return iommu.takeSaid(device).stream().map(TranslationCompletion.class::cast).toList();
  }
}

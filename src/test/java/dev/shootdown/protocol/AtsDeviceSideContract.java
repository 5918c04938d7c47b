package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats.InvalidateCompletion;
import dev.shootdown.protocol.Ats.InvalidateRequest;
import dev.shootdown.protocol.Ats.TranslationCompletion;
import dev.shootdown.protocol.Ats.TranslationRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What any {@link Ats.DeviceSide} owes its IOMMU (PCIe 10.2, 10.3). */
public abstract class AtsDeviceSideContract {
  private static final int PASID = 3;
  private static final long US = 1_000_000;

  /** Data that the device's workload wants to move. */
  public record Wish(long atPs, int pasid, long page, boolean write) {}

  /** A device with everything around it played by the test. */
  public interface Subject {
    void hear(Ats.ToDevice message);

    /** Lets time pass. */
    void runUntil(long untilPs);

    /** What it said to its IOMMU since the last call. */
    List<Ats.ToIommu> takeSaid();

    /** The frames of the transfers that it began since the last call. */
    List<Long> takeFrames();

    /** Memory answers all transfers. */
    void endTransfers();
  }

  /** Whether it holds a large translation as one; it may as well hold the page it asked for. */
  protected boolean holdsLarge() {
    return true;
  }

  /** A fresh device with these wishes, at time 0. */
  protected abstract Subject subject(List<Wish> wishes);

  @Test
  void shouldAskOnceForAPageWhenSeveralTransfersWantIt() {
    Subject device = subject(List.of(read(0, 7), read(0, 7), read(US, 7)));
    device.runUntil(2 * US);

    assertThat(requests(device)).hasSize(1).first()
        .matches(request -> request.page() == 7 && request.pasid() == PASID);
    assertThat(device.takeFrames()).isEmpty();
  }

  @Test
  void shouldUseDifferentTagsWhenRequestsAreUnderWayTogether() {
    Subject device = subject(List.of(read(0, 1), read(0, 2), read(0, 3), read(0, 4)));
    device.runUntil(US);

    List<TranslationRequest> requests = requests(device);
    assertThat(requests).isNotEmpty();
    assertThat(requests).extracting(TranslationRequest::tag).doesNotHaveDuplicates();
  }

  @Test
  void shouldMoveDataWhenTheTranslationIsGranted() {
    Subject device = subject(List.of(read(0, 7)));
    device.runUntil(US);
    device.hear(grant(requests(device).get(0), 70));
    device.runUntil(2 * US);

    assertThat(device.takeFrames()).containsExactly(70L);
  }

  @Test
  void shouldNotMoveDataWhenTheTranslationIsDenied() {
    Subject device = subject(List.of(read(0, 7)));
    device.runUntil(US);
    TranslationRequest request = requests(device).get(0);
    device.hear(new TranslationCompletion(request.tag(), PASID, 7, -1, false, 0));
    device.runUntil(2 * US);

    assertThat(device.takeFrames()).isEmpty();
  }

  @Test
  void shouldAskForWritingWhenTheCachedEntryAllowsReadingOnly() {
    Subject device = subject(List.of(read(0, 7), new Wish(4 * US, PASID, 7, true)));
    device.runUntil(US);
    TranslationRequest request = requests(device).get(0);
    device.hear(new TranslationCompletion(request.tag(), PASID, 7, 70, false, 0));
    device.runUntil(6 * US);

    assertThat(requests(device)).hasSize(1).first().matches(TranslationRequest::forWrite);
    assertThat(device.takeFrames()).as("only the read").containsExactly(70L);
  }

  @Test
  void shouldAnswerAnInvalidationOnceWhenNothingMatches() {
    Subject device = subject(List.of());
    device.hear(new InvalidateRequest(31, PASID, PageRange.ALL));
    device.runUntil(1000 * US);

    assertThat(completions(device)).extracting(InvalidateCompletion::itag).containsExactly(31);
  }

  @Test
  void shouldAnswerAllInvalidationsWhenManyAreUnderWay() {
    Subject device = subject(List.of());
    for (int itag = 0; itag < 32; itag++) {
      device.hear(new InvalidateRequest(itag, PASID, new PageRange(itag, 4)));
    }
    device.runUntil(1000 * US);

    assertThat(completions(device)).extracting(InvalidateCompletion::itag)
        .doesNotHaveDuplicates().hasSize(32);
  }

  @Test
  void shouldWaitForTransfersWhenTheyUsedWhatAnInvalidationDrops() {
    Subject device = subject(List.of(read(0, 7)));
    device.runUntil(US);
    device.hear(grant(requests(device).get(0), 70));
    device.runUntil(2 * US);
    device.hear(new InvalidateRequest(0, PASID, new PageRange(6, 2)));
    device.runUntil(1000 * US);
    assertThat(completions(device)).as("while a read of the frame goes on").isEmpty();

    device.endTransfers();
    device.runUntil(1001 * US);
    assertThat(completions(device)).extracting(InvalidateCompletion::itag).containsExactly(0);
  }

  @Test
  void shouldNotWaitWhenTransfersUseOtherPages() {
    Subject device = subject(List.of(read(0, 7)));
    device.runUntil(US);
    device.hear(grant(requests(device).get(0), 70));
    device.runUntil(2 * US);
    device.hear(new InvalidateRequest(0, PASID, PageRange.of(8)));
    device.hear(new InvalidateRequest(1, PASID + 1, PageRange.ALL));
    device.runUntil(1000 * US);

    assertThat(completions(device)).extracting(InvalidateCompletion::itag)
        .containsExactlyInAnyOrder(0, 1);
  }

  /** Without a PASID, or with the G bit, the invalidation is for all of them. */
  @Test
  void shouldDropAllPasidsWhenAnInvalidationIsGlobal() {
    for (InvalidateRequest global : List.of(
        new InvalidateRequest(0, Ats.NO_PASID, PageRange.ALL),
        new InvalidateRequest(0, PASID + 1, PageRange.of(7), true))) {
      Subject device = subject(List.of(read(0, 7), read(500 * US, 7)));
      device.runUntil(US);
      device.hear(grant(requests(device).get(0), 70));
      device.runUntil(2 * US);
      device.hear(global);
      device.runUntil(400 * US);
      assertThat(device.takeSaid()).as("a transfer used it").isEmpty();
      device.endTransfers();
      device.runUntil(1000 * US);

      List<Ats.ToIommu> said = device.takeSaid();
      assertThat(said).filteredOn(InvalidateCompletion.class::isInstance).hasSize(1);
      assertThat(said).filteredOn(TranslationRequest.class::isInstance).as("asked again")
          .hasSize(1);
    }
  }

  /** A large translation serves all pages in it, and its frames follow one another. */
  @Test
  void shouldUseOneTranslationForAllItsPagesWhenItIsLarge() {
    Subject device = subject(List.of(read(0, 515), read(4 * US, 1000), read(5 * US, 1030)));
    device.runUntil(US);
    TranslationRequest request = requests(device).get(0);
    device.hear(new TranslationCompletion(
        request.tag(), PASID, 515, 4096 + 3, false, 0, Ats.Status.SC, 9));
    device.runUntil(10 * US);

    List<Long> frames = holdsLarge() ? List.of(4096L + 3, 4096L + 488) : List.of(4096L + 3);
    List<Long> pages = holdsLarge() ? List.of(1030L) : List.of(1000L, 1030L);
    assertThat(device.takeFrames()).isEqualTo(frames);
    assertThat(requests(device)).extracting(TranslationRequest::page).isEqualTo(pages);
  }

  @Test
  void shouldAskNoMoreWhenItIsToldThatThereIsNoService() {
    Subject device = subject(List.of(read(0, 7), read(4 * US, 8)));
    device.runUntil(US);
    TranslationRequest request = requests(device).get(0);
    device.hear(
        new TranslationCompletion(request.tag(), PASID, 7, -1, false, 0, Ats.Status.UR, 0));
    device.runUntil(10 * US);

    assertThat(requests(device)).isEmpty();
  }

  @Test
  void shouldAskAgainWhenAPageIsWantedAfterItsInvalidation() {
    Subject device = subject(List.of(read(0, 7), read(500 * US, 7)));
    device.runUntil(US);
    device.hear(grant(requests(device).get(0), 70));
    device.runUntil(2 * US);
    device.endTransfers();
    device.hear(new InvalidateRequest(0, PASID, PageRange.of(7)));
    device.runUntil(1000 * US);

    assertThat(device.takeSaid()).filteredOn(TranslationRequest.class::isInstance).hasSize(1);
    assertThat(device.takeFrames()).containsExactly(70L);
  }

  @Test
  void shouldNotUseACompletionWhenAnInvalidationOvertookIt() {
    Subject device = subject(List.of(read(0, 7)));
    device.runUntil(US);
    TranslationRequest request = requests(device).get(0);
    device.hear(new InvalidateRequest(0, PASID, PageRange.of(7)));
    device.runUntil(100 * US);
    device.hear(grant(request, 70));
    device.runUntil(200 * US);

    assertThat(device.takeFrames()).as("frame 70 may be someone else's by now").isEmpty();
    List<Ats.ToIommu> said = device.takeSaid();
    assertThat(said).filteredOn(InvalidateCompletion.class::isInstance).hasSize(1);
    assertThat(said).filteredOn(TranslationRequest.class::isInstance).hasSize(1);
  }

  private static Wish read(long atPs, long page) {
    return new Wish(atPs, PASID, page, false);
  }

  private static TranslationCompletion grant(TranslationRequest request, long pfn) {
    return new TranslationCompletion(
        request.tag(), request.pasid(), request.page(), pfn, request.forWrite(), 0);
  }

  private static List<TranslationRequest> requests(Subject device) {
    return device.takeSaid().stream().map(TranslationRequest.class::cast).toList();
  }

  private static List<InvalidateCompletion> completions(Subject device) {
    return device.takeSaid().stream().map(InvalidateCompletion.class::cast).toList();
  }
}

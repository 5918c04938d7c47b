package dev.shootdown.hardware.ats;

import static dev.shootdown.hardware.ats.AtsDeviceContractTest.NS;
import static dev.shootdown.hardware.ats.AtsDeviceContractTest.device;
import static dev.shootdown.hardware.ats.AtsDeviceContractTest.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.ats.PageRequestSpec.UndefinedCode;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A device that asks software for pages. */
class PageRequestTest {
  private static final int PASID = 3;
  private static final long US = 1000 * NS;

  private static AtsDeviceSpec spec(
      int allocation, int groupPages, int refaultsMax, UndefinedCode undefined) {
    return new AtsDeviceSpec(8, 8, NS, 8, US, 32, true, true, 20,
        new PageRequestSpec(
            64, allocation, groupPages, refaultsMax, 2 * NS, undefined, true),
        Optional.empty());
  }

  private static AtsDeviceSpec spec(int allocation, int groupPages, int refaultsMax) {
    return spec(allocation, groupPages, refaultsMax, UndefinedCode.RESPONSE_FAILURE);
  }

  private static List<DmaJob> reads(int pages) {
    List<DmaJob> jobs = new ArrayList<>();
    for (int page = 0; page < pages; page++) {
      jobs.add(once(0, PASID, page, false));
    }
    return jobs;
  }

  /** Denies, or grants with frame 70 + page, all translations asked for. */
  private static void answerAll(Driven device, boolean grants) {
    device.part().settle();
    for (Ats.TranslationRequest request : translationRequests(device)) {
      device.part().tell(new AtsDevice.IommuSaid(new Ats.TranslationCompletion(request.tag(), PASID,
          request.page(), grants ? 70 + request.page() : -1, false, 0)));
    }
  }

  /** A device, and what it said that nobody has looked at yet. */
  private record Driven(PartHarness<AtsDevice.Command> part, List<Ats.ToIommu> kept) {}

  private static List<Ats.TranslationRequest> translationRequests(
      Driven device) {
    List<Ats.TranslationRequest> asked = new ArrayList<>();
    for (Ats.ToIommu said : device.part().take("iommu", Ats.ToIommu.class)) {
      if (said instanceof Ats.TranslationRequest request) {
        asked.add(request);
      } else {
        device.kept().add(said);
      }
    }
    return asked;
  }

  private static List<Ats.PageRequest> pageRequests(Driven device) {
    device.kept().addAll(device.part().take("iommu", Ats.ToIommu.class));
    List<Ats.PageRequest> requests = device.kept().stream()
        .filter(Ats.PageRequest.class::isInstance)
        .map(Ats.PageRequest.class::cast).toList();
    device.kept().clear();
    return requests;
  }

  private static Driven fresh(AtsDeviceSpec spec, List<DmaJob> jobs) {
    return new Driven(device(spec, jobs), new ArrayList<>());
  }

  private static void respond(Driven device, int group, int code) {
    device.part().tell(new AtsDevice.IommuSaid(new Ats.PrgResponse(PASID, group, code)));
  }

  @Test
  void shouldTryAgainWhenItsRequestSucceeded() {
    Driven device = fresh(spec(4, 1, 0), reads(1));
    answerAll(device, false);
    assertThat(pageRequests(device))
        .containsExactly(new Ats.PageRequest(0, PASID, 0, false, 0, true));
    respond(device, 0, Ats.SUCCESS);
    answerAll(device, true);
    device.part().tell(new AtsDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(device.part().takeMarks()).containsExactly(
        new MachineFact.FaultRaised(0, PASID, 0, false),
        new MachineFact.PageRequested(PASID, 0, 0, true),
        new MachineFact.PageAnswered(0, Ats.SUCCESS),
        new MachineFact.Filled(PASID, 0, 70, false, 0),
        new MachineFact.FaultResolved(0, Resolution.SERVED),
        new MachineFact.Used(PASID, 0, 70, false, 0),
        new MachineFact.Drained(0));
    assertThat(device.part().take("iommu", Ats.ToIommu.class))
        .containsExactly(new Ats.StopMarker(0, PASID));
  }

  @Test
  void shouldStayWithinItsCreditsAndCloseEachGroup() {
    Driven device = fresh(spec(3, 2, 0), reads(7));
    answerAll(device, false);
    List<Ats.PageRequest> first = pageRequests(device);
    assertThat(first).hasSize(3).allMatch(Ats.PageRequest::last);
    respond(device, first.get(0).group(), Ats.INVALID_REQUEST);
    respond(device, first.get(1).group(), Ats.INVALID_REQUEST);
    respond(device, first.get(2).group(), Ats.INVALID_REQUEST);
    List<Ats.PageRequest> more = pageRequests(device);

    assertThat(more).extracting(Ats.PageRequest::page).containsExactly(3L, 4L, 5L);
    assertThat(more).extracting(Ats.PageRequest::group).doesNotHaveDuplicates()
        .doesNotContain(0, 1, 2);
  }

  @Test
  void shouldShareAGroupWhenPagesWaitedTogether() {
    Driven device = fresh(spec(4, 4, 0), reads(8));
    answerAll(device, false);
    List<Ats.PageRequest> alone = pageRequests(device);
    assertThat(alone).hasSize(4);
    alone.forEach(request -> device.part().tell(new AtsDevice.IommuSaid(
        new Ats.PrgResponse(PASID, request.group(), Ats.INVALID_REQUEST))));

    assertThat(pageRequests(device)).extracting(Ats.PageRequest::last)
        .as("one credit came back at a time").hasSize(4);
  }

  /** The state machine of a device whose page is gone each time it looks. */
  @Test
  void shouldFailWhenAPageIsNeverThere() {
    Driven device = fresh(spec(4, 1, 3), reads(2));
    answerAll(device, false);
    for (int time = 0; time < 3; time++) {
      pageRequests(device).stream().filter(request -> request.page() == 0)
          .forEach(request -> respond(device, request.group(), Ats.SUCCESS));
      answerAll(device, false);
    }

    assertThat(device.part().marks(MachineFact.FaultRetried.class)).hasSize(3);
    assertThat(device.part().marks(MachineFact.DeviceFailed.class)).hasSize(1);
    assertThat(device.part().marks(MachineFact.FaultResolved.class))
        .hasSize(2).allMatch(over -> over.how() == Resolution.FAILED);
    assertThat(pageRequests(device)).isEmpty();
    device.part().tell(new AtsDevice.IommuSaid(new Ats.InvalidateRequest(
        4, PASID, PageRange.ALL)));
    device.part().settle();
    assertThat(device.part().marks(MachineFact.InvalidationDone.class))
        .as("it still answers invalidations").hasSize(1);
  }

  @Test
  void shouldStopAskingWhenAResponseIsAFailure() {
    for (int code : new int[] {Ats.RESPONSE_FAILURE, Ats.LINUX_FAILURE}) {
      Driven device = fresh(spec(4, 1, 0), reads(3));
      answerAll(device, false);
      respond(device, 1, code);

      assertThat(device.part().marks(MachineFact.Denied.class)).as("all three").hasSize(3);
      respond(device, 0, Ats.SUCCESS);
      device.part().settle();
      assertThat(device.part().marks(MachineFact.ProtocolBreach.class)).isEmpty();
      assertThat(pageRequests(device).size()).isEqualTo(3);
    }
  }

  @Test
  void shouldRefuseOnlyTheGroupWhenAnUndefinedCodeMeansInvalid() {
    Driven device =
        fresh(spec(4, 1, 0, UndefinedCode.INVALID_REQUEST), reads(3));
    answerAll(device, false);
    respond(device, 1, Ats.LINUX_FAILURE);

    assertThat(device.part().marks(MachineFact.Denied.class))
        .containsExactly(new MachineFact.Denied(PASID, 1, false));
  }

  @Test
  void shouldStateABreachWhenAGroupIsAnsweredTwice() {
    Driven device = fresh(spec(4, 1, 0), reads(1));
    answerAll(device, false);
    respond(device, 0, Ats.INVALID_REQUEST);
    respond(device, 0, Ats.INVALID_REQUEST);

    assertThat(device.part().marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }

  @Test
  void shouldNeverAnswerAgainWhenItIsPulledOut() {
    AtsDeviceSpec spec = new AtsDeviceSpec(8, 8, NS, 8, US, 32, true, true, 20,
        PageRequestSpec.NONE, Optional.of(5 * US));
    Driven device =
        fresh(spec, List.of(once(0, PASID, 0, false), once(9 * US, PASID, 1, false)));
    device.part().runUntil(US);
    device.part().tell(new AtsDevice.IommuSaid(
        new Ats.TranslationCompletion(0, PASID, 0, 70, false, 0)));
    device.part().tellAt(4 * US + 1, new AtsDevice.IommuSaid(
        new Ats.InvalidateRequest(0, PASID, PageRange.ALL)));
    device.part().settle();
    device.part().tell(new AtsDevice.MemoryAnswered(new Dma.Transferred(0)));

    assertThat(device.part().marks(MachineFact.DeviceFailed.class)).hasSize(1);
    assertThat(device.part().marks(MachineFact.InvalidationDone.class)).isEmpty();
    assertThat(device.part().take("iommu", Ats.ToIommu.class)).containsExactly(
        new Ats.TranslationRequest(0, 0, PASID, 0, false), new Ats.LinkDown(0));
    assertThat(device.part().marks(MachineFact.Drained.class)).as("memory did it").hasSize(1);
  }

  @Test
  void shouldRefuseJobsWhenItHasTooFewPasids() {
    AtsDeviceSpec none = new AtsDeviceSpec(8, 8, NS, 8, US, 32, true, true, 0,
        PageRequestSpec.NONE, Optional.empty());

    assertThat(none.refusal(1)).isEmpty();
    assertThat(none.refusal(2).orElse("")).contains("pasid-bits = 0");
  }

  private static DmaJob until(long atPs, long page, long untilPs) {
    return new DmaJob(atPs, PASID, page, Access.READ, 1, 0, 64, untilPs);
  }

  @Test
  void shouldLetGoOfAllThatWaitsWhenItIsStopped() {
    Driven device = fresh(
        spec(8, 1, 0),
        List.of(until(0, 1, US), until(US / 2, 2, US), until(2 * US, 3, US), once(
            3 * US, PASID, 1, false)));
    device.part().runUntil(US / 4);
    answerAllUntil(device, US / 4);
    assertThat(pageRequests(device)).extracting(Ats.PageRequest::page).containsExactly(1L);
    device.part().runUntil(2 * US);
    assertThat(device.part().marks(MachineFact.Denied.class))
        .extracting(MachineFact.Denied::page).containsExactly(1L, 2L);
    assertThat(device.part().marks(MachineFact.FaultResolved.class))
        .containsExactly(new MachineFact.FaultResolved(0, Resolution.REFUSED));

    device.part().tell(new AtsDevice.IommuSaid(new Ats.PrgResponse(PASID, 0, Ats.SUCCESS)));
    device.part().runUntil(2 * US + US / 2);
    assertThat(device.part().marks(MachineFact.ProtocolBreach.class)).isEmpty();
    assertThat(device.part().marks(MachineFact.FaultResolved.class)).hasSize(1);
    translationRequests(device);
    device.part().settle();
    assertThat(translationRequests(device)).as("who comes later begins anew")
        .extracting(Ats.TranslationRequest::page).containsExactly(1L);
  }

  private static void answerAllUntil(Driven device, long atPs) {
    device.part().runUntil(atPs);
    for (Ats.TranslationRequest request : translationRequests(device)) {
      device.part().tell(new AtsDevice.IommuSaid(new Ats.TranslationCompletion(request.tag(), PASID,
          request.page(), -1, false, 0)));
    }
  }
}

package dev.shootdown.kernel.ocxl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OcxlLinkTest {
  private static final long GIVE_UP_PS = 50_000;
  private static final long ENTRY_PS = 500;
  private static final int COPRO = 8;

  private final PartHarness<OcxlLink.Command> driver = driver(GIVE_UP_PS, 0);

  private static PartHarness<OcxlLink.Command> driver(long giveUpPs, int spaces) {
    return new PartHarness<>(
        new RecordingCtx<OcxlLink.Command>("capi0.ocxl")
            .withPorts("cpus", 4).withPorts("spaces", spaces),
        ctx -> OcxlLink.create(
            new OcxlSpec(
                10, giveUpPs, ENTRY_PS, OcxlSpec.Pages.SMALL, OcxlSpec.Release.NONE),
            COPRO, ctx));
  }

  private static KernelCall.ShootDown shootDown(long page) {
    return new KernelCall.ShootDown(0, PageRange.of(page), false);
  }

  private void call(int cpu, KernelCall.Request request) {
    driver.tell(new OcxlLink.Called(new KernelCall.Call(cpu, 40 + cpu, 100 + cpu, request)));
  }

  private void post(int cpu, KernelCall.Request request) {
    driver.tell(new OcxlLink.Called(new KernelCall.Post(cpu, 40 + cpu, request)));
  }

  private void said(OpenCapi.ToDriver message) {
    driver.tell(new OcxlLink.LinkSaid(message));
  }

  private List<KernelCall.Reply> replies() {
    return driver.take("cpus", KernelCall.Reply.class);
  }

  private List<OpenCapi.ToLink> told() {
    return driver.take("link", OpenCapi.ToLink.class);
  }

  private void lock(int cpu) {
    call(cpu, new KernelCall.Lock(true));
    replies();
  }

  @Test
  void shouldGiveTheLockInTurnsWhenSeveralCpusFlush() {
    for (int cpu = 0; cpu < 3; cpu++) {
      call(cpu, new KernelCall.Lock(true));
    }
    assertThat(replies()).extracting(KernelCall.Reply::ticket).containsExactly(100L);
    post(0, new KernelCall.Unlock(true));
    assertThat(replies()).extracting(KernelCall.Reply::ticket).containsExactly(101L);
    post(1, new KernelCall.Unlock(true));
    assertThat(replies()).extracting(KernelCall.Reply::ticket).containsExactly(102L);
  }

  @Test
  void shouldAnswerWhenTheLinkHasForgotten() {
    lock(2);
    call(2, shootDown(7));
    assertThat(told()).containsExactly(new OpenCapi.ShootDown(1, 0, PageRange.of(7), false));
    driver.runUntil(300);
    assertThat(replies()).isEmpty();
    said(new OpenCapi.ShotDown(1));

    assertThat(replies())
        .containsExactly(new KernelCall.Reply(102, new KernelCall.Ok(), 0, 0, 300));
    driver.settle();
    assertThat(driver.marks(MachineFact.SubmissionAbandoned.class)).isEmpty();
  }

  @Test
  void shouldGiveUpAfterItsTimeAndForgetTheLateAnswerWhenTheLinkIsSlow() {
    lock(2);
    call(2, shootDown(7));
    driver.runUntil(GIVE_UP_PS - 1);
    assertThat(replies()).isEmpty();
    driver.settle();
    assertThat(replies()).hasSize(1);
    assertThat(driver.marks(MachineFact.SubmissionAbandoned.class))
        .containsExactly(new MachineFact.SubmissionAbandoned(42, 2));

    call(2, shootDown(8));
    said(new OpenCapi.ShotDown(1));
    assertThat(replies()).as("that was the first one's").isEmpty();
    said(new OpenCapi.ShotDown(2));
    assertThat(replies()).hasSize(1);
  }

  /** A run is over when its last timer has rung: no timer may outlive its shoot-down for long. */
  @Test
  void shouldLeaveNoLateTimerBehindWhenTheLinkAnswersSoon() {
    PartHarness<OcxlLink.Command> patient = driver(1_000_000_000_000L, 0);
    patient.tell(
        new OcxlLink.Called(new KernelCall.Call(0, 1, 1, new KernelCall.Lock(true))));
    for (int number = 1; number <= 3; number++) {
      patient.tell(new OcxlLink.Called(new KernelCall.Call(0, 1, 2, shootDown(number))));
      patient.runUntil(patient.nowPs() + 4_000_000);
      patient.tell(new OcxlLink.LinkSaid(new OpenCapi.ShotDown(number)));
    }
    patient.settle();

    assertThat(patient.nowPs()).isLessThan(25_000_000);
    assertThat(patient.marks(MachineFact.SubmissionAbandoned.class)).isEmpty();
  }

  /** 10 us, 20, 40 … 640, and then at the limit. */
  @Test
  void shouldLookSeldomAndGiveUpAtItsTimeWhenTheLinkIsVerySlow() {
    PartHarness<OcxlLink.Command> patient = driver(1_000_000_000, 0);
    patient.tell(
        new OcxlLink.Called(new KernelCall.Call(0, 1, 1, new KernelCall.Lock(true))));
    patient.tell(new OcxlLink.Called(new KernelCall.Call(0, 1, 2, shootDown(7))));
    int looks = 0;
    while (patient.hasTimers()) {
      patient.runNextTimer();
      looks++;
    }

    assertThat(looks).isEqualTo(8);
    assertThat(patient.nowPs()).isEqualTo(1_000_000_000);
    assertThat(patient.marks(MachineFact.SubmissionAbandoned.class)).hasSize(1);
  }

  @Test
  void shouldPollForEverWhenItHasNoTimeLimit() {
    PartHarness<OcxlLink.Command> patient = driver(0, 0);
    patient.tell(
        new OcxlLink.Called(new KernelCall.Call(0, 1, 1, new KernelCall.Lock(true))));
    patient.tell(
        new OcxlLink.Called(
            new KernelCall.Call(0, 1, 2, new KernelCall.ShootDown(0, PageRange.ALL, false))));

    assertThat(patient.hasTimers()).isFalse();
  }

  @Test
  void shouldHandAFaultToAWorkerAndItsResultToTheLink() {
    call(3, new KernelCall.TakeFault());
    said(new OpenCapi.Faulted(0, 1, 7, true));
    driver.runUntil(ENTRY_PS - 1);
    assertThat(replies()).isEmpty();
    driver.runUntil(ENTRY_PS);
    assertThat(replies()).extracting(KernelCall.Reply::result)
        .containsExactly(new KernelCall.WantedFault(0, 1, 7, true));
    post(3, new KernelCall.FaultServed(0, false));

    assertThat(told()).containsExactly(new OpenCapi.Acknowledged(false));
  }

  @Test
  void shouldBecomeOneOfTheCpusOfEachSpaceWhenItSnoops() {
    assertThat(driver(0, 2).takeSent("spaces")).hasSize(2).allMatch(
        sent ->
            sent.message().equals(
                new KernelCall.Post(COPRO, -1, new KernelCall.TakeUp(COPRO))));
  }

  @Test
  void shouldStateABreachWhenTheLockIsNotHeld() {
    call(0, shootDown(7));
    post(0, new KernelCall.Unlock(true));

    assertThat(driver.marks(MachineFact.ProtocolBreach.class)).hasSize(2);
  }

  @Test
  void shouldHandleEveryCommand() {
    CommandAudit.check(OcxlLink.Command.class, () -> driver(GIVE_UP_PS, 1));
  }

  @Nested
  class AsDomain extends KernelCallKernelSideContract {
    @Override
    protected Subject subject() {
      PartHarness<OcxlLink.Command> fresh = driver(GIVE_UP_PS, 0);
      return new Subject() {
        @Override
        public void hear(KernelCall.ToKernel message) {
          fresh.tell(new OcxlLink.Called(message));
        }

        @Override
        public void runUntil(long untilPs) {
          fresh.tell(new OcxlLink.LinkSaid(new OpenCapi.Faulted(0, 0, 7, true)));
          fresh.runUntil(untilPs);
        }

        @Override
        public long nowPs() {
          return fresh.nowPs();
        }

        @Override
        public List<String> breaches() {
          return fresh.marks(MachineFact.ProtocolBreach.class).stream()
              .map(MachineFact.ProtocolBreach::rule).toList();
        }

        @Override
        public List<Answer> takeAnswers() {
          List<Answer> answers = new ArrayList<>();
          fresh.takeSent("cpus").forEach(
              sent ->
                  answers.add(new Answer(sent.member(), (KernelCall.Reply) sent.message())));
          return answers;
        }
      };
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          new KernelCall.TakeFault(), new KernelCall.Lock(true),
          shootDown(7));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of(
          new KernelCall.Unlock(true), new KernelCall.FaultServed(0, true));
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.GatherCheck();
    }
  }
}

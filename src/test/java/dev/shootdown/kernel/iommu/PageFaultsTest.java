package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From the record in memory to the answer in the command queue. */
class PageFaultsTest {
  private static final int MM = 3;

  private static PartHarness<FaultQueue.Command> queue() {
    RecordingCtx<FaultQueue.Command> ctx = new RecordingCtx<FaultQueue.Command>("prq")
        .withPorts("iommus", 2).withPorts("cpus", 2);
    return new PartHarness<>(ctx, given -> FaultQueue.create(
        KernelCall.TakePageRequests.class, PageFaultsTest::answer, given));
  }

  private static KernelCall.PageRequests answer(PageFault fault) {
    return new KernelCall.PageRequests(fault.iommu(), fault.device(), fault.pasid(),
        fault.group(), fault.stalled(), fault.wants().stream()
            .map(want -> new KernelCall.WantedPage(want.page(), want.write())).toList());
  }

  private static void raise(
      PartHarness<FaultQueue.Command> queue, long page, int group, boolean last) {
    queue.tell(new FaultQueue.IommuSaid(
        new DeviceFaults.Raised(1, 0, MM, page, false, group, last, false)));
  }

  private static void take(PartHarness<FaultQueue.Command> queue, int cpu, long ticket) {
    queue.tell(new FaultQueue.Arrived(
        new KernelCall.Call(cpu, -1, ticket, new KernelCall.TakePageRequests())));
  }

  private static List<KernelCall.Reply> replies(PartHarness<FaultQueue.Command> queue) {
    return queue.take("cpus", KernelCall.Reply.class);
  }

  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(FaultQueue.Command.class, PageFaultsTest::queue);
  }

  @Test
  void shouldParkAGroupUntilItsLastRequestComes() {
    PartHarness<FaultQueue.Command> queue = queue();
    take(queue, 1, 42);
    raise(queue, 7, 5, false);
    raise(queue, 9, 6, true);
    raise(queue, 8, 5, true);
    take(queue, 0, 43);

    assertThat(replies(queue)).extracting(KernelCall.Reply::result).containsExactly(
        new KernelCall.PageRequests(
            1, 0, MM, 6, false, List.of(new KernelCall.WantedPage(9, false))),
        new KernelCall.PageRequests(1, 0, MM, 5, false, List.of(
            new KernelCall.WantedPage(7, false), new KernelCall.WantedPage(8, false))));
    assertThat(queue.take("iommus", DeviceFaults.Taken.class)).as("slots freed").hasSize(3);
  }

  @Test
  void shouldLeaveRecordsWhereTheyAreWhenNobodyTakesThem() {
    PartHarness<FaultQueue.Command> queue = queue();
    raise(queue, 7, 5, true);

    assertThat(queue.takeSent("iommus")).isEmpty();
  }

  @Test
  void shouldThrowIncompleteGroupsAwayWhenTheLogOverflowed() {
    PartHarness<FaultQueue.Command> queue = queue();
    take(queue, 1, 42);
    raise(queue, 7, 5, false);
    queue.tell(new FaultQueue.IommuSaid(new DeviceFaults.Overflowed(1)));
    assertThat(queue.take("iommus", DeviceFaults.ToIommu.class))
        .contains(new DeviceFaults.OverflowCleared());
    raise(queue, 8, 5, true);

    KernelCall.PageRequests taken = (KernelCall.PageRequests) replies(queue).get(0).result();
    assertThat(taken.wants()).containsExactly(new KernelCall.WantedPage(8, false));
  }

  @Test
  void shouldClearTheOverflowOnlyWhenAllRecordsAreTaken() {
    PartHarness<FaultQueue.Command> queue = queue();
    raise(queue, 7, 5, true);
    queue.tell(new FaultQueue.IommuSaid(new DeviceFaults.Overflowed(1)));
    assertThat(queue.takeSent("iommus")).isEmpty();
    take(queue, 1, 42);

    assertThat(queue.take("iommus", DeviceFaults.ToIommu.class)).containsExactly(
        new DeviceFaults.Taken(1), new DeviceFaults.OverflowCleared());
  }

  private static PartHarness<FaultQueue.Command> queueOfPasid() {
    RecordingCtx<FaultQueue.Command> ctx = new RecordingCtx<FaultQueue.Command>("prq")
        .withPorts("iommus", 2).withPorts("cpus", 3);
    return new PartHarness<>(ctx, given -> FaultQueue.create(
        KernelCall.TakePageRequests.class,
        fault -> new KernelCall.PageRequests(fault.iommu(), fault.device(), fault.pasid(),
            fault.group(), fault.stalled(), List.of(),
            new KernelCall.BoundTo(fault.mm(), fault.bound())),
        Map.of(MM, 0), given));
  }

  private static void ask(
      PartHarness<FaultQueue.Command> queue, int cpu, KernelCall.Request request) {
    queue.tell(new FaultQueue.Arrived(new KernelCall.Call(cpu, 9, 77, request)));
  }

  private static KernelCall.BoundTo served(PartHarness<FaultQueue.Command> queue) {
    take(queue, 1, 42);
    return ((KernelCall.PageRequests) replies(queue).get(0).result()).bound();
  }

  @Test
  void shouldServeAGroupForWhoeverHasThePasidWhenItIsTaken() {
    PartHarness<FaultQueue.Command> queue = queueOfPasid();
    for (int group = 0; group < 4; group++) {
      raise(queue, 7, group, true);
    }
    assertThat(served(queue)).isEqualTo(new KernelCall.BoundTo(0, false));
    ask(queue, 0, new KernelCall.BindPasid(MM, 0));
    ask(queue, 0, new KernelCall.AskPasid(MM, 0));
    ask(queue, 0, new KernelCall.AskPasid(MM, 1));
    assertThat(replies(queue)).extracting(KernelCall.Reply::result).containsExactly(
        new KernelCall.Ok(), new KernelCall.Bound(true), new KernelCall.Bound(false));
    assertThat(served(queue)).isEqualTo(new KernelCall.BoundTo(0, true));
    ask(queue, 0, new KernelCall.FreePasid(MM));
    replies(queue);
    assertThat(served(queue)).isEqualTo(new KernelCall.BoundTo(0, false));
    ask(queue, 0, new KernelCall.BindPasid(MM, 1));
    replies(queue);
    assertThat(served(queue)).isEqualTo(new KernelCall.BoundTo(1, true));

    assertThat(queue.marks(MachineFact.PasidBound.class)).containsExactly(
        new MachineFact.PasidBound(9, MM, 0), new MachineFact.PasidBound(9, MM, -1),
        new MachineFact.PasidBound(9, MM, 1));
  }

  @Test
  void shouldEndADrainOnlyWhenTheThreadsAreDoneWithThePasid() {
    PartHarness<FaultQueue.Command> queue = queueOfPasid();
    ask(queue, 0, new KernelCall.DrainPageRequests(MM));
    assertThat(replies(queue)).as("nothing to wait for").hasSize(1);
    raise(queue, 7, 1, true);
    ask(queue, 0, new KernelCall.DrainPageRequests(MM));
    ask(queue, 2, new KernelCall.DrainPageRequests(MM + 1));
    assertThat(replies(queue)).as("another PASID's drain")
        .extracting(KernelCall.Reply::result).containsExactly(new KernelCall.Ok());
    take(queue, 1, 42);
    assertThat(replies(queue)).as("the group itself").extracting(KernelCall.Reply::ticket)
        .containsExactly(42L);
    take(queue, 1, 43);
    assertThat(replies(queue)).as("served").extracting(KernelCall.Reply::ticket)
        .containsExactly(77L);
  }

  @Test
  void shouldStateABreachWhenAPasidIsBoundThatAnotherHas() {
    PartHarness<FaultQueue.Command> queue = queueOfPasid();
    ask(queue, 0, new KernelCall.BindPasid(MM, 0));
    assertThat(queue.marks(MachineFact.ProtocolBreach.class)).isEmpty();
    ask(queue, 0, new KernelCall.BindPasid(MM, 1));

    assertThat(queue.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }

  @Test
  void shouldStateABreachWhenItIsAskedForSomethingElse() {
    PartHarness<FaultQueue.Command> queue = queue();
    queue.tell(new FaultQueue.Arrived(
        new KernelCall.Call(0, -1, 1, new KernelCall.GatherCheck())));

    assertThat(queue.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
    assertThat(replies(queue)).isEmpty();
  }

  /** Runs a thread over {@code faults} until it sleeps; the steps that it took. */
  private static List<Program.Step> run(
      List<PageFault> faults, List<FaultHandler.Result> results, IopfThreadSpec spec) {
    Program.Step take = new Program.Ask(0, new KernelCall.TakePageRequests(), Account.SOFTWARE);
    List<PageFault> left = new ArrayList<>(faults);
    List<FaultHandler.Result> outcomes = new ArrayList<>(results);
    PageRequests requests = new PageRequests() {
      @Override
      public Program.Step take() {
        return take;
      }

      @Override
      public PageFault read(Program.Outcome outcome) {
        return left.remove(0);
      }
    };
    FaultHandler handler = (mm, want) -> new FaultHandler.Serving() {
      @Override
      public Program program() {
        return FlushSteps.NOTHING;
      }

      @Override
      public FaultHandler.Result result() {
        return outcomes.remove(0);
      }
    };
    IopfThread thread = new IopfThread(requests, handler, spec);
    List<Program.Step> steps = new ArrayList<>();
    for (Program.Step step = thread.next(new Program.Done(), 0);
        !(step == take && left.isEmpty()); step = thread.next(new Program.Done(), 0)) {
      steps.add(step);
    }
    return steps;
  }

  private static PageFault fault(boolean stalled, PageFault.Want... wants) {
    return new PageFault(2, 1, MM, 5, stalled, List.of(wants));
  }

  private static Invalidation.Descriptor answered(List<Program.Step> steps) {
    return steps.stream().filter(Program.Submit.class::isInstance)
        .map(Program.Submit.class::cast).findFirst().orElseThrow().descriptors().get(0);
  }

  @Test
  void shouldServeEveryPageAndAnswerOnceWhenAllIsWell() {
    List<Program.Step> steps = run(
        List.of(fault(false, new PageFault.Want(7, false), new PageFault.Want(8, true))),
        List.of(FaultHandler.Result.SUCCESS, FaultHandler.Result.SUCCESS),
        new IopfThreadSpec(100, 10, true, Ats.LINUX_FAILURE));

    assertThat(steps).filteredOn(Program.Run.class::isInstance).hasSize(2);
    assertThat(steps).filteredOn(Program.Submit.class::isInstance).containsExactly(
        new Program.Submit(2, List.of(new Invalidation.PageResponse(1, MM, 5, Ats.SUCCESS))));
    assertThat(steps).filteredOn(Program.AwaitInvalidation.class::isInstance).hasSize(1);
    assertThat(steps).contains(new Program.Spend(Account.SOFTWARE, 100));
  }

  @Test
  void shouldLookNoFurtherWhenAPageCannotBeServed() {
    List<Program.Step> steps = run(
        List.of(fault(false, new PageFault.Want(7, false), new PageFault.Want(8, true))),
        List.of(FaultHandler.Result.INVALID), new IopfThreadSpec(100, 10, false, 2));

    assertThat(steps).filteredOn(Program.Run.class::isInstance).hasSize(1);
    assertThat(answered(steps))
        .isEqualTo(new Invalidation.PageResponse(1, MM, 5, Ats.INVALID_REQUEST));
    assertThat(steps).filteredOn(Program.AwaitInvalidation.class::isInstance).isEmpty();
  }

  /** Linux writes its own number to the wire, which the specification doesn't define. */
  @Test
  void shouldWriteTheCodeOfItsDriverWhenAPageFailed() {
    for (int code : new int[] {Ats.LINUX_FAILURE, Ats.RESPONSE_FAILURE}) {
      assertThat(answered(run(List.of(fault(false, new PageFault.Want(7, false))),
          List.of(FaultHandler.Result.FAILURE), new IopfThreadSpec(1, 1, true, code))))
          .isEqualTo(new Invalidation.PageResponse(1, MM, 5, code));
    }
  }

  @Test
  void shouldResumeWhenATransactionIsStalled() {
    assertThat(answered(run(List.of(fault(true, new PageFault.Want(7, false))),
        List.of(FaultHandler.Result.SUCCESS), new IopfThreadSpec(1, 1, false, 2))))
        .isEqualTo(new Invalidation.Resume(5, true));
    assertThat(answered(run(List.of(fault(true, new PageFault.Want(7, false))),
        List.of(FaultHandler.Result.INVALID), new IopfThreadSpec(1, 1, false, 2))))
        .isEqualTo(new Invalidation.Resume(5, false));
  }
}

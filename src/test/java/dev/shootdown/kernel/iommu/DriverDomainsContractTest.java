package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.ContractedDomain;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** What drivers share between CPUs, as CPUs see it. */
class DriverDomainsContractTest {
  private static final int MM = 3;

  private abstract static class Page extends KernelCallKernelSideContract {
    private final List<KernelCall.Request> called;
    private final List<KernelCall.Request> posted;

    Page(List<KernelCall.Request> called, List<KernelCall.Request> posted) {
      this.called = called;
      this.posted = posted;
    }

    @Override
    protected List<KernelCall.Request> called() {
      return called;
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return posted;
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.GatherBegin();
    }
  }

  @Nested
  class OfADriverLock extends Page {
    OfADriverLock() {
      super(List.of(new KernelCall.Lock(true)), List.of(new KernelCall.Unlock(true)));
    }

    @Override
    protected Subject subject() {
      return new ContractedDomain<>(
          new PartHarness<>(
              new RecordingCtx<DriverLock.Command>("iommu0.queue").withPorts("cpus", 4),
              DriverLock::create),
          DriverLock.Called::new, () -> { });
    }
  }

  @Nested
  class OfAQueueTail extends Page {
    OfAQueueTail() {
      super(List.of(new KernelCall.ClaimPlace(), new KernelCall.ClaimPlace()), List.of());
    }

    @Override
    protected Subject subject() {
      QueueTailSpec spec = new QueueTailSpec(QueueTailSpec.Insertion.CAS, 100, 30);
      return new ContractedDomain<>(
          new PartHarness<>(
              new RecordingCtx<QueueTail.Command>("smmu0.cmdq").withPorts("cpus", 4),
              ctx -> QueueTail.create(spec, List.of(0, 0, 0, 0), ctx)),
          QueueTail.Called::new, () -> { });
    }
  }

  @Nested
  class OfAFaultQueue extends Page {
    OfAFaultQueue() {
      super(
          List.of(new KernelCall.TakePageRequests(), new KernelCall.AskPasid(MM, 7)),
          List.of());
    }

    @Override
    protected Subject subject() {
      PartHarness<FaultQueue.Command> part = new PartHarness<>(
          new RecordingCtx<FaultQueue.Command>("prq").withPorts("iommus", 2)
              .withPorts("cpus", 4),
          ctx -> FaultQueue.create(
              KernelCall.TakePageRequests.class,
              fault -> new KernelCall.PageRequests(
                  fault.iommu(), fault.device(), fault.pasid(), fault.group(), fault.stalled(),
                  List.of()),
              ctx));
      part.tell(
          new FaultQueue.IommuSaid(
              new DeviceFaults.Raised(1, 0, MM, 7, false, 5, true, false)));
      return new ContractedDomain<>(part, FaultQueue.Arrived::new, () -> { });
    }
  }

  private abstract static class Emptying extends Page {
    private final EmptyTableLayout.Counting counting;

    Emptying(EmptyTableLayout.Counting counting) {
      super(
          List.of(
              new KernelCall.SubscriberStart(
                  MM, PageRange.of(7), MachineFact.Event.CLEAR, true),
              new KernelCall.SubscriberEnd(MM, PageRange.of(7)),
              new KernelCall.ChangePte(MM, 7, 70, true)),
          List.of());
      this.counting = counting;
    }

    @Override
    protected Subject subject() {
      Bindings bindings = new Bindings();
      bindings.bind(MM, 0, 4);
      PartHarness<EmptyTable.Command> part = new PartHarness<>(
          new RecordingCtx<EmptyTable.Command>("app.v2")
              .withPorts("cpus", 4).withPorts("iommus", 1),
          ctx -> EmptyTable.create(
              new EmptyTableLayout(MM, 7, counting, 0, 100, 0), bindings, ctx));
      return new ContractedDomain<>(
          part, EmptyTable.Called::new,
          () -> part.take("iommus", Invalidation.Submit.class).forEach(
              submit -> part.tell(
                  new EmptyTable.IommuAnswered(
                      new Invalidation.Completed(submit.ticket(), 0, 0, 0)))));
    }
  }

  @Nested
  class OfAnEmptyTableThatCounts extends Emptying {
    OfAnEmptyTableThatCounts() {
      super(EmptyTableLayout.Counting.LOCKED);
    }
  }

  @Nested
  class OfAnEmptyTableThatCountsOutsideOfTheLock extends Emptying {
    OfAnEmptyTableThatCountsOutsideOfTheLock() {
      super(EmptyTableLayout.Counting.UNLOCKED);
    }
  }
}

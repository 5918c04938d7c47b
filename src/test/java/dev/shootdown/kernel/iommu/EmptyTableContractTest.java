package dev.shootdown.kernel.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.InvalidationCpuSideContract;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;

class EmptyTableContractTest extends InvalidationCpuSideContract {
  private static final int MM = 3;

  /** Its device is behind one of two IOMMUs, another behind the other. */
  @Override
  protected Subject subject() {
    Bindings bindings = new Bindings();
    bindings.bind(MM, 0, 4);
    bindings.bind(MM, 1, 0);
    PartHarness<EmptyTable.Command> part = new PartHarness<>(
        new RecordingCtx<EmptyTable.Command>("app.v2")
            .withPorts("cpus", 2).withPorts("iommus", 2),
        ctx -> EmptyTable.create(
            new EmptyTableLayout(MM, 7, EmptyTableLayout.Counting.LOCKED, 0, 100, 0), bindings,
            ctx));
    return new Subject() {
      @Override
      public void begin() {
        part.tell(new EmptyTable.Called(new KernelCall.Call(1, 5, 1,
            new KernelCall.SubscriberStart(
                MM, new PageRange(10, 2), MachineFact.Event.CLEAR, true))));
      }

      @Override
      public void settle() {
        part.settle();
      }

      @Override
      public List<Invalidation.Submit> takeSubmits() {
        return part.take("iommus", Invalidation.Submit.class);
      }

      @Override
      public void hear(Invalidation.Completed completed) {
        part.tell(new EmptyTable.IommuAnswered(completed));
      }

      @Override
      public boolean isDone() {
        return !part.marks(MachineFact.SubscriberStarted.class).isEmpty();
      }

      @Override
      public int number() {
        return 7;
      }

      @Override
      public long operation() {
        return 5;
      }
    };
  }
}

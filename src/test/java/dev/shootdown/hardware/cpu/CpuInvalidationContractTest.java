package dev.shootdown.hardware.cpu;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.InvalidationCpuSideContract;
import dev.shootdown.protocol.Program;
import java.util.List;

class CpuInvalidationContractTest extends InvalidationCpuSideContract {
  private static final PageRange PAGE = PageRange.of(7);
  private static final int LAST = 5;

  /** Two rings at a time. */
  @Override
  protected Subject subject() {
    CpuRig cpu = CpuRig.loaded(
        new Program.Begin("test", CpuRig.MM, PAGE), submit(0), submit(1),
        new Program.AwaitInvalidation(), new Program.End());
    return new Subject() {
      @Override
      public void begin() {
        cpu.part.settle();
      }

      @Override
      public void settle() {
        cpu.part.settle();
      }

      @Override
      public List<Invalidation.Submit> takeSubmits() {
        return cpu.part.take("iommus", Invalidation.Submit.class);
      }

      @Override
      public void hear(Invalidation.Completed completed) {
        cpu.part.tell(new Cpu.IommuAnswered(completed));
      }

      @Override
      public boolean isDone() {
        return cpu.script.isOver(LAST);
      }

      @Override
      public int number() {
        return 0;
      }

      @Override
      public long operation() {
        return 1;
      }
    };
  }

  private static Program.Submit submit(int iommu) {
    return new Program.Submit(
        iommu,
        List.of(new Invalidation.Iotlb(CpuRig.MM, PAGE), new Invalidation.Wait(0)));
  }
}

package dev.shootdown.hardware.accelerator;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.MirrorGpuSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;

class GpuContractTest {
  private abstract static class Page extends MirrorGpuSideContract {
    private final GpuSpec.Faults faults;

    Page(GpuSpec.Faults faults) {
      this.faults = faults;
    }

    @Override
    protected Subject subject(int jobs) {
      List<GpuJob> work = new ArrayList<>();
      for (int job = 0; job < jobs; job++) {
        work.add(new GpuJob(0, PAGE, true, 1, 1000));
      }
      PartHarness<Gpu.Command> gpu = new PartHarness<>(
          new RecordingCtx<Gpu.Command>("gpu0"),
          ctx -> Gpu.create(new GpuSpec(16, 4, 10, 500, faults), 0, work, ctx));
      return new Subject() {
        private int framesTaken;

        @Override
        public void hear(Mirror.ToGpu message) {
          gpu.tell(new Gpu.DriverSaid(message));
        }

        @Override
        public void settle() {
          gpu.settle();
        }

        @Override
        public List<Mirror.ToDriver> takeSaid() {
          return gpu.take("driver", Mirror.ToDriver.class);
        }

        @Override
        public List<Long> takeFrames() {
          List<Long> all = gpu.marks(MachineFact.Used.class).stream()
              .map(MachineFact.Used::pfn).toList();
          List<Long> fresh = all.subList(framesTaken, all.size());
          framesTaken = all.size();
          return fresh;
        }

        @Override
        public int breaches() {
          return gpu.marks(MachineFact.ProtocolBreach.class).size();
        }
      };
    }
  }

  @Nested
  class ThatCanStopJobs extends Page {
    ThatCanStopJobs() {
      super(GpuSpec.Faults.RECOVERABLE);
    }
  }

  @Nested
  class ThatLetsJobsEnd extends Page {
    ThatLetsJobsEnd() {
      super(GpuSpec.Faults.BEFORE_START);
    }
  }
}

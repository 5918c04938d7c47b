package dev.shootdown.kernel.iommufd;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.DeviceFaultsKernelSideContract;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.InvalidationCpuSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.SharedTable;
import java.util.List;
import org.junit.jupiter.api.Nested;

class KvmDomainContractTest {
  private static final int DOMAIN = 77;
  private static final int DEVICES = 2;

  private static PartHarness<KvmDomain.Command> domain() {
    KvmDomainSpec spec =
        new KvmDomainSpec(
            KvmDomainSpec.Hook.CHAINED, 3, 1, 10, 20, KvmDomainSpec.OnRetry.LOOP, 500, 18);
    return new PartHarness<>(
        new RecordingCtx<KvmDomain.Command>("domain"),
        ctx -> KvmDomain.create(spec, new KvmDomainLayout(DOMAIN, DEVICES), ctx));
  }

  @Nested
  class AsReaderOfTheLog extends DeviceFaultsKernelSideContract {
    @Override
    protected Subject subject() {
      PartHarness<KvmDomain.Command> domain = domain();
      return new Subject() {
        @Override
        public void hear(DeviceFaults.ToKernel message) {
          domain.tell(new KvmDomain.Requested(message));
        }

        @Override
        public void settle() {
          domain.settle();
        }

        @Override
        public List<DeviceFaults.ToIommu> takeSaid() {
          return domain.take("faults", DeviceFaults.ToIommu.class);
        }
      };
    }
  }

  @Nested
  class AsWriterToTheRing extends InvalidationCpuSideContract {
    @Override
    protected Subject subject() {
      PartHarness<KvmDomain.Command> domain = domain();
      return new Subject() {
        private boolean done;

        @Override
        public void begin() {
          domain.tell(new KvmDomain.KvmSaid(new SharedTable.Invalidate(
              1, 5, new PageRange(7, 4), 0, new PageRange(107, 4))));
        }

        @Override
        public void settle() {
          domain.settle();
        }

        @Override
        public List<Invalidation.Submit> takeSubmits() {
          return domain.take("iommu", Invalidation.Submit.class);
        }

        @Override
        public void hear(Invalidation.Completed completed) {
          domain.tell(new KvmDomain.IommuAnswered(completed));
        }

        @Override
        public boolean isDone() {
          done |= !domain.take("kvm", SharedTable.Invalidated.class).isEmpty();
          return done;
        }

        /** Nobody else writes to its ring. */
        @Override
        public int number() {
          return 0;
        }

        @Override
        public long operation() {
          return 5;
        }
      };
    }
  }
}

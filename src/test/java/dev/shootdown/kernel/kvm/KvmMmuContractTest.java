package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.ContractedDomain;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.protocol.SharedTableKvmSideContract;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.protocol.VcpuKvmSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KvmMmuContractTest {
  private static final int MM = 0;
  private static final long HOST = 0x7f00;
  private static final long WHILE_PS = 10_000;

  /** A VM of two vCPUs and eight guest pages, whose host has each page p in frame p + 1000. */
  private static final class Machine {
    private final PartHarness<KvmMmu.Command> kvm;

    private Machine(KvmSpec.LockKind lock, int vcpus, int importers, long gfn) {
      KvmSpec spec =
          new KvmSpec(
              KvmSpec.Flush.INVEPT, KvmSpec.ApicPolicy.RETRY, lock, true,
              new ChecksSpec(true, true, true, true, true),
              new KvmCosts(200, 20, 100, 1000, 100, 30, 2, 10, 500),
              new PfnCacheSpec(PfnCacheSpec.Waiting.GLOBAL_SPIN, false, 200, 100));
      KvmLayout layout =
          new KvmLayout(
              MM, 900, 5, List.of(new Vcpu.Slot(gfn, new PageRange(HOST, 8))), -1,
              List.of(gfn + 7));
      this.kvm = new PartHarness<>(
          new RecordingCtx<KvmMmu.Command>("vm0")
              .withPorts("cpus", 4).withPorts("tables", 1)
              .withPorts("vcpus", vcpus)
              .withPorts("kicks", 2).withPorts("broadcast", 2).withPorts("walkers", 2)
              .withPorts("importer", importers).withPorts("frames", 0),
          ctx -> KvmMmu.create(spec, layout, ctx));
    }

    private void settle() {
      for (int i = 0; i < 4; i++) {
        kvm.runUntil(kvm.nowPs() + WHILE_PS);
        for (PageWalk.Walk walk : kvm.take("tables", PageWalk.Walk.class)) {
          kvm.tell(new KvmMmu.HostAnswered(new PageWalk.Entry(
              walk.tag(), walk.mm(), walk.page(), walk.page() + 1000, true, 1)));
        }
      }
    }

    private void invalidate(long page) {
      kvm.tell(new KvmMmu.Called(new KernelCall.Call(1, 77, 4, new KernelCall.SubscriberStart(
          MM, PageRange.of(HOST + page), MachineFact.Event.CLEAR, true))));
    }

    private boolean mayGoOn() {
      return !kvm.take("cpus", KernelCall.Reply.class).isEmpty();
    }

    private int breaches() {
      return kvm.marks(MachineFact.ProtocolBreach.class).size();
    }
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    for (KvmSpec.LockKind lock : KvmSpec.LockKind.values()) {
      CommandAudit.check(KvmMmu.Command.class, () -> new Machine(lock, 2, 1, 7).kvm);
    }
  }

  private abstract static class Kvm extends VcpuKvmSideContract {
    private final KvmSpec.LockKind lock;

    Kvm(KvmSpec.LockKind lock) {
      this.lock = lock;
    }

    @Override
    protected Subject subject() {
      Machine machine = new Machine(lock, 2, 0, GFN);
      return new Subject() {
        @Override
        public void hear(Vcpu.ToKvm message) {
          machine.kvm.tell(new KvmMmu.VcpuSaid(message));
        }

        @Override
        public void settle() {
          machine.settle();
        }

        @Override
        public void invalidate(long gfn) {
          machine.invalidate(gfn - GFN);
        }

        @Override
        public boolean mayGoOn() {
          return machine.mayGoOn();
        }

        @Override
        public List<Told> takeTold() {
          List<RecordingCtx.Sent> sent = machine.kvm.takeSent("vcpus");
          sent.addAll(machine.kvm.takeSent("kicks"));
          return sent.stream()
              .map(said -> new Told(said.member(), (Vcpu.ToVcpu) said.message())).toList();
        }

        @Override
        public int breaches() {
          return machine.breaches();
        }
      };
    }
  }

  @Nested
  class WithASharedLock extends Kvm {
    WithASharedLock() {
      super(KvmSpec.LockKind.SHARED);
    }
  }

  @Nested
  class WithAnExclusiveLock extends Kvm {
    WithAnExclusiveLock() {
      super(KvmSpec.LockKind.EXCLUSIVE);
    }
  }

  @Nested
  class AsDomain extends KernelCallKernelSideContract {
    private static final PageRange PAGE = PageRange.of(HOST);

    @Override
    protected Subject subject() {
      return new ContractedDomain<>(
          new Machine(KvmSpec.LockKind.SHARED, 2, 0, 7).kvm, KvmMmu.Called::new, () -> { });
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          new KernelCall.SubscriberStart(MM, PAGE, MachineFact.Event.CLEAR, true),
          new KernelCall.SubscriberEnd(MM, PAGE));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of();
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.GatherBegin();
    }
  }

  @Nested
  class AsOwnerOfASharedTable extends SharedTableKvmSideContract {
    @Override
    protected Subject subject() {
      Machine machine = new Machine(KvmSpec.LockKind.SHARED, 0, 1, GFN);
      return new Subject() {
        @Override
        public void hear(SharedTable.ToKvm message) {
          machine.kvm.tell(new KvmMmu.ImporterSaid(message));
        }

        @Override
        public void settle() {
          machine.settle();
        }

        @Override
        public void invalidate(long gfn) {
          machine.invalidate(gfn - GFN);
        }

        @Override
        public boolean mayGoOn() {
          return machine.mayGoOn();
        }

        @Override
        public List<SharedTable.ToImporter> takeSaid() {
          return machine.kvm.take("importer", SharedTable.ToImporter.class);
        }

        @Override
        public int breaches() {
          return machine.breaches();
        }
      };
    }
  }
}

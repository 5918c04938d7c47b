package dev.shootdown.hardware.vcpu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.protocol.VcpuVcpuSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualCpuContractTest extends VcpuVcpuSideContract {
  private static final long STEP_PS = 100_000;
  private static final long SPIN_PS = 10_000_000;

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(VirtualCpu.Command.class, VirtualCpuContractTest::vcpu);
  }

  @Override
  protected Subject subject() {
    return new Guest(vcpu());
  }

  private static PartHarness<VirtualCpu.Command> vcpu() {
    List<Vcpu.Slot> slots = List.of(new Vcpu.Slot(GFN, new PageRange(0x7f00, 8)));
    GuestWork work = new GuestWork(
        List.of(
            new GuestAction.Touch(GFN, true), new GuestAction.Spin(SPIN_PS),
            new GuestAction.Touch(GFN, true)),
        1);
    return new PartHarness<>(
        new RecordingCtx<VirtualCpu.Command>("vcpu0"),
        ctx -> VirtualCpu.create(
            new VcpuSpec(16, 4, 1, 60, 250, 200, 50, 120, 300, 100),
            new VcpuLayout(0, 3, 900, slots, -1), work, ctx));
  }

  private static final class Guest implements Subject {
    private final PartHarness<VirtualCpu.Command> vcpu;
    private long pfn = -1;
    private int framesTaken;

    private Guest(PartHarness<VirtualCpu.Command> vcpu) {
      this.vcpu = vcpu;
    }

    @Override
    public void hear(Vcpu.ToVcpu message) {
      vcpu.tell(new VirtualCpu.KvmSaid(message));
    }

    @Override
    public void runFor(long ps) {
      long untilPs = vcpu.nowPs() + ps;
      while (vcpu.nowPs() < untilPs) {
        vcpu.runUntil(Math.min(untilPs, vcpu.nowPs() + STEP_PS));
        for (PageWalk.Walk walk : vcpu.take("table", PageWalk.Walk.class)) {
          vcpu.tell(new VirtualCpu.TableAnswered(new PageWalk.Entry(
              walk.tag(), walk.mm(), walk.page(), pfn, pfn >= 0, vcpu.nowPs())));
        }
      }
    }

    @Override
    public void set(long pfn) {
      this.pfn = pfn;
    }

    @Override
    public List<Vcpu.ToKvm> takeSaid() {
      return vcpu.take("kvm", Vcpu.ToKvm.class);
    }

    @Override
    public List<Long> takeFrames() {
      List<Long> all = vcpu.marks(MachineFact.Used.class).stream()
          .map(MachineFact.Used::pfn).toList();
      List<Long> fresh = all.subList(framesTaken, all.size());
      framesTaken = all.size();
      return fresh;
    }

    @Override
    public int breaches() {
      return vcpu.marks(MachineFact.ProtocolBreach.class).size();
    }
  }
}

package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.MirrorDriverSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;

class HmmMirrorContractTest {
  private abstract static class Page extends MirrorDriverSideContract {
    private final MirrorDriver driver;

    Page(MirrorDriver driver) {
      this.driver = driver;
    }

    @Override
    protected Subject subject() {
      return new Mirrored(new MirrorRig(driver));
    }
  }

  /** The process answers walks at once, and waits at most 100 us for a callback. */
  private record Mirrored(MirrorRig rig) implements MirrorDriverSideContract.Subject {
    private static final long WHILE_PS = 500_000;

    @Override
    public void hear(Mirror.ToDriver message) {
      rig.part.tell(new HmmMirror.GpuSaid(message));
    }

    @Override
    public void settle() {
      for (int i = 0; i < 4; i++) {
        rig.runFor(WHILE_PS / 4);
        for (PageWalk.Walk walk : rig.part.take("tables", PageWalk.Walk.class)) {
          rig.part.tell(new HmmMirror.TableAnswered(new PageWalk.Entry(
              walk.tag(), walk.mm(), walk.page(), walk.page() + 1000, true,
              rig.part.nowPs())));
        }
      }
    }

    @Override
    public void invalidate(PageRange range) {
      rig.results();
      rig.start(range, true);
    }

    @Override
    public void endInvalidation(PageRange range) {
      rig.end(range);
    }

    @Override
    public boolean mayGoOn() {
      return rig.results().contains(new KernelCall.Ok());
    }

    @Override
    public List<Mirror.ToGpu> takeSaid() {
      return rig.toldToGpu();
    }

    @Override
    public int breaches() {
      return rig.part.marks(MachineFact.ProtocolBreach.class).size();
    }
  }

  @Nested
  class OfAnArea extends Page {
    OfAnArea() {
      super(new MirrorDriver.Area(false));
    }
  }

  @Nested
  class OfAnAreaWhoseJobsAreWaitedFor extends Page {
    OfAnAreaWhoseJobsAreWaitedFor() {
      super(new MirrorDriver.Area(true));
    }
  }

  @Nested
  class OnDemand extends Page {
    OnDemand() {
      super(new MirrorDriver.OnDemand(0, 100));
    }
  }

  @Nested
  class OnDemandWithChildren extends Page {
    OnDemandWithChildren() {
      super(new MirrorDriver.OnDemand(2, 100));
    }
  }

  @Nested
  class OfNouveau extends Page {
    OfNouveau() {
      super(new MirrorDriver.Nouveau(false, 100));
    }
  }
}

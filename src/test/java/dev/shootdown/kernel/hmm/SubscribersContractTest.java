package dev.shootdown.kernel.hmm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.ContractedDomain;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Who hears of notifier brackets, as the CPU sees it that opens one. */
class SubscribersContractTest {
  private static final PageRange AREA = new PageRange(100, 4);

  private abstract static class Page extends KernelCallKernelSideContract {
    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          new KernelCall.SubscriberStart(0, AREA, MachineFact.Event.CLEAR, true),
          new KernelCall.SubscriberEnd(0, AREA),
          new KernelCall.SubscriberStart(
              0, new PageRange(900, 1), MachineFact.Event.UNMAP, false),
          new KernelCall.SubscriberEnd(0, new PageRange(900, 1)));
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
  class Mirror extends Page {
    @Override
    protected Subject subject() {
      MirrorSpec spec = new MirrorSpec(1_000_000, true, true, MirrorRig.COSTS);
      MirrorLayout layout = new MirrorLayout(0, AREA, 5, new MirrorDriver.Area(false));
      return new ContractedDomain<>(
          new PartHarness<>(
              new RecordingCtx<HmmMirror.Command>("m0.mirror").withPorts("cpus", 4)
                  .withPorts("tables", 1),
              ctx -> HmmMirror.create(spec, layout, ctx)),
          HmmMirror.Called::new, () -> { });
    }
  }

  @Nested
  class Grants extends Page {
    @Override
    protected Subject subject() {
      return new ContractedDomain<>(
          new PartHarness<>(
              new RecordingCtx<GrantMap.Command>("grants").withPorts("cpus", 4)
                  .withPorts("tables", 1),
              ctx -> GrantMap.create(
                  new GrantMapSpec(1000, 10), new GrantMapLayout(0, AREA, 2), List.of(), ctx)),
          GrantMap.Called::new, () -> { });
    }
  }
}

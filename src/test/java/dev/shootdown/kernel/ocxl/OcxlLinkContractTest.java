package dev.shootdown.kernel.ocxl;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.OpenCapiDriverSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;

class OcxlLinkContractTest extends OpenCapiDriverSideContract {
  private static final long ENTRY_PS = 500;
  private static final int WORKER = 3;

  @Override
  protected Subject subject() {
    PartHarness<OcxlLink.Command> driver = new PartHarness<>(
        new RecordingCtx<OcxlLink.Command>("capi0.ocxl")
            .withPorts("cpus", 4).withPorts("spaces", 0),
        ctx -> OcxlLink.create(
            new OcxlSpec(10, 0, ENTRY_PS, OcxlSpec.Pages.SMALL, OcxlSpec.Release.NONE), 8, ctx));
    return new Driven(driver);
  }

  /** Its CPUs take the lock, launch, and give the lock back when they are answered. */
  private static final class Driven implements Subject {
    private final PartHarness<OcxlLink.Command> driver;
    private final long[] pages = {-1, -1, -1, -1};
    private final boolean[] flushed = new boolean[4];

    private Driven(PartHarness<OcxlLink.Command> driver) {
      this.driver = driver;
    }

    private void call(int cpu, KernelCall.Request request) {
      driver.tell(new OcxlLink.Called(new KernelCall.Call(cpu, 40 + cpu, 100 + cpu, request)));
      answered();
    }

    private void post(int cpu, KernelCall.Request request) {
      driver.tell(new OcxlLink.Called(new KernelCall.Post(cpu, 40 + cpu, request)));
      answered();
    }

    private void answered() {
      for (RecordingCtx.Sent sent : driver.takeSent("cpus")) {
        int cpu = sent.member();
        if (cpu == WORKER) {
          continue;
        }
        if (pages[cpu] >= 0) {
          long page = pages[cpu];
          pages[cpu] = -1;
          call(cpu, new KernelCall.ShootDown(MM, PageRange.of(page), false));
        } else {
          flushed[cpu] = true;
          post(cpu, new KernelCall.Unlock(true));
        }
      }
    }

    @Override
    public void flush(int cpu, long page) {
      pages[cpu] = page;
      call(cpu, new KernelCall.Lock(true));
    }

    @Override
    public boolean isFlushed(int cpu) {
      return flushed[cpu];
    }

    @Override
    public void serveFault(boolean served) {
      call(WORKER, new KernelCall.TakeFault());
      post(WORKER, new KernelCall.FaultServed(0, served));
    }

    @Override
    public void hear(OpenCapi.ToDriver message) {
      driver.tell(new OcxlLink.LinkSaid(message));
      answered();
    }

    @Override
    public void settle() {
      driver.settle();
      answered();
    }

    @Override
    public List<OpenCapi.ToLink> takeSaid() {
      return driver.take("link", OpenCapi.ToLink.class);
    }

    @Override
    public int breaches() {
      return driver.marks(MachineFact.ProtocolBreach.class).size();
    }
  }
}

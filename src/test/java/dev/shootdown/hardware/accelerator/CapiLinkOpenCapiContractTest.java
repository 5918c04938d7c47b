package dev.shootdown.hardware.accelerator;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.OpenCapi;
import dev.shootdown.protocol.OpenCapiLinkSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/** A link as its driver sees it. */
class CapiLinkOpenCapiContractTest extends OpenCapiLinkSideContract {
  @Override
  protected Subject subject(int elements, int accesses) {
    List<CapiJob> jobs = new ArrayList<>();
    for (int element = 0; element < elements; element++) {
      jobs.add(new CapiJob(element, MM, new GpuJob(0, PAGE, true, accesses, 1_000)));
    }
    PartHarness<CapiLink.Command> link = new PartHarness<>(
        new RecordingCtx<CapiLink.Command>("capi0").withPorts("tables", 2).withPorts("dvm", 0),
        ctx -> CapiLink.create(
            new CapiLinkSpec(16, 4, 10, 40, 300, true), new CapiLinkLayout(6, 3), jobs, ctx));
    return new Subject() {
      private long pfn = -1;
      private int framesTaken;

      @Override
      public void hear(OpenCapi.ToLink message) {
        link.tell(new CapiLink.DriverSaid(message));
      }

      @Override
      public void settle() {
        link.settle();
        List<PageWalk.Walk> walks = link.take("tables", PageWalk.Walk.class);
        while (!walks.isEmpty()) {
          for (PageWalk.Walk walk : walks) {
            link.tell(new CapiLink.TableAnswered(new PageWalk.Entry(
                walk.tag(), walk.mm(), walk.page(), pfn, pfn >= 0, link.nowPs())));
          }
          link.settle();
          walks = link.take("tables", PageWalk.Walk.class);
        }
      }

      @Override
      public void set(long pfn) {
        this.pfn = pfn;
      }

      @Override
      public List<OpenCapi.ToDriver> takeSaid() {
        return link.take("driver", OpenCapi.ToDriver.class);
      }

      @Override
      public List<Long> takeFrames() {
        List<Long> all = link.marks(MachineFact.Used.class).stream()
            .map(MachineFact.Used::pfn).toList();
        List<Long> fresh = all.subList(framesTaken, all.size());
        framesTaken = all.size();
        return fresh;
      }

      @Override
      public int breaches() {
        return link.marks(MachineFact.ProtocolBreach.class).size();
      }
    };
  }
}

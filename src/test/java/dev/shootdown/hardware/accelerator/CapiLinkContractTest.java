package dev.shootdown.hardware.accelerator;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.BroadcastCpuSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/** A link whose translations tlbie reaches, like those of any CPU. */
class CapiLinkContractTest extends BroadcastCpuSideContract {
  @Override
  protected Subject subject(int number, List<Long> pages) {
    List<CapiJob> jobs = new ArrayList<>();
    for (long page : pages) {
      jobs.add(new CapiJob(jobs.size(), MM, new GpuJob(0, page, false, 1, 1_000)));
    }
    RecordingCtx<CapiLink.Command> recorded =
        new RecordingCtx<CapiLink.Command>("capi0").withPorts("tables", 2).withPorts("dvm", 1);
    PartHarness<CapiLink.Command> link = new PartHarness<>(
        recorded,
        ctx -> CapiLink.create(
            new CapiLinkSpec(16, 4, 10, 40, 300, true), new CapiLinkLayout(6, number), jobs, ctx));
    link.settle();
    for (PageWalk.Walk walk : link.take("tables", PageWalk.Walk.class)) {
      link.tell(new CapiLink.TableAnswered(new PageWalk.Entry(
          walk.tag(), MM, walk.page(), 1000 + walk.page(), true, link.nowPs())));
    }
    link.settle();
    return new Subject() {
      @Override
      public void hear(Broadcast.ToCpu message) {
        link.tell(new CapiLink.Snooped(message));
      }

      @Override
      public void settle() {
        link.settle();
      }

      @Override
      public List<Broadcast.ToInterconnect> takeSaid() {
        return link.take("dvm", Broadcast.ToInterconnect.class);
      }

      @Override
      public boolean holds(long page) {
        boolean held = false;
        for (var mark : recorded.marks()) {
          if (mark.fact() instanceof MachineFact.Filled filled && filled.page() == page) {
            held = true;
          } else if (mark.fact() instanceof MachineFact.Dropped dropped
              && dropped.mm() == MM && dropped.range().contains(page)) {
            held = false;
          }
        }
        return held;
      }
    };
  }
}

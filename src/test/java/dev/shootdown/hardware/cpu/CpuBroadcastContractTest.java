package dev.shootdown.hardware.cpu;

import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.BroadcastCpuSideContract;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

class CpuBroadcastContractTest extends BroadcastCpuSideContract {
  @Override
  protected Subject subject(int number, List<Long> pages) {
    List<Program.Step> steps = new ArrayList<>();
    steps.add(new Program.Load(MM, 1));
    pages.forEach(page -> steps.add(CpuRig.read(page)));
    CpuRig cpu = new CpuRig(
        new CpuSpec(64, 64, 64, 64, 0, 0, 0, 50_000, 100_000, 150_000, 0, 200_000, 100_000, 0, 6),
        steps);
    for (long page : pages) {
      cpu.fill(cpu.part.nowPs(), 1000 + page);
      cpu.part.settle();
    }
    return new Subject() {
      @Override
      public void hear(Broadcast.ToCpu message) {
        cpu.part.tell(new Cpu.Snooped(message));
      }

      @Override
      public void settle() {
        cpu.part.settle();
      }

      @Override
      public List<Broadcast.ToInterconnect> takeSaid() {
        return cpu.part.take("dvm", Broadcast.ToInterconnect.class);
      }

      /** What it stated is what the judges believe; CpuTlbTest ties that to what it uses. */
      @Override
      public boolean holds(long page) {
        boolean held = false;
        for (var mark : cpu.ctx.marks()) {
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

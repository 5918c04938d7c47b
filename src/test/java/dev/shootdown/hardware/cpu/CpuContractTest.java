package dev.shootdown.hardware.cpu;

import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.IpiCpuSideContract;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CpuContractTest {
  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(Cpu.Command.class, () -> CpuRig.loaded(CpuRig.read(7)).part);
  }

  @Nested
  class AsInterruptedCpu extends IpiCpuSideContract {
    @Override
    protected Subject subject(List<Long> pages) {
      List<Program.Step> steps = new ArrayList<>();
      steps.add(new Program.Load(MM, 1));
      pages.forEach(page -> steps.add(CpuRig.read(page)));
      CpuSpec roomy = new CpuSpec(
          64, 64, 64, 64, 0, 0, 0, 50_000, 100_000, 150_000, 0, 200_000, 100_000, 0, 6);
      CpuRig cpu = new CpuRig(roomy, steps);
      for (long page : pages) {
        cpu.fill(cpu.part.nowPs(), 1000 + page);
        cpu.part.settle();
      }
      return new DrivenCpu(cpu);
    }
  }

  private record DrivenCpu(CpuRig cpu) implements IpiCpuSideContract.Subject {
    @Override
    public void hear(Ipi message) {
      cpu.part.tell(new Cpu.Interrupted(message));
    }

    @Override
    public void runUntilSaid() {
      while (cpu.part.hasTimers() && cpu.ctx.sent().isEmpty()) {
        cpu.part.runNextTimer();
      }
    }

    @Override
    public List<IpiCpuSideContract.Said> takeSaid() {
      return cpu.part.takeSent("cpus").stream()
          .map(sent -> new IpiCpuSideContract.Said(sent.member(), (Ipi) sent.message()))
          .toList();
    }

    /** What it stated is what the judges believe; CpuTlbTest ties that to what it uses. */
    @Override
    public boolean holds(long page) {
      boolean held = false;
      for (var mark : cpu.ctx.marks()) {
        if (mark.fact() instanceof MachineFact.Filled filled && filled.page() == page) {
          held = true;
        } else if (mark.fact() instanceof MachineFact.Dropped dropped
            && dropped.mm() == CpuRig.MM && dropped.range().contains(page)) {
          held = false;
        }
      }
      return held;
    }
  }
}

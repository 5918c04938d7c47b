package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.arch.X86FlushHandler;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.HostingCpuSideContract;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallCpuSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** A CPU as lock domains and hosts see it. */
class CpuKernelContractTest {
  @Nested
  class AsCaller extends KernelCallCpuSideContract {
    @Override
    protected Subject subject(KernelCall.Request... requests) {
      List<Program.Step> steps = new ArrayList<>();
      for (KernelCall.Request request : requests) {
        steps.add(request instanceof KernelCall.Unlock
            ? new Program.Tell(0, request) : new Program.Ask(0, request, Account.SOFTWARE));
      }
      CpuRig rig = new CpuRig(CpuRig.SPEC, steps);
      return new Subject() {
        @Override
        public void hear(KernelCall.ToCpu message) {
          rig.part.tell(new Cpu.KernelAnswered(message));
        }

        @Override
        public void runFor(long ps) {
          rig.part.runUntil(rig.part.nowPs() + ps);
        }

        @Override
        public long nowPs() {
          return rig.part.nowPs();
        }

        @Override
        public List<KernelCall.ToKernel> takeSaid() {
          return rig.part.take("domains", KernelCall.ToKernel.class);
        }

        @Override
        public List<KernelCall.Result> answers() {
          return rig.script.outcomes.stream()
              .filter(Program.Answered.class::isInstance)
              .map(outcome -> ((Program.Answered) outcome).result()).toList();
        }

        @Override
        public int breaches() {
          return rig.part.marks(MachineFact.ProtocolBreach.class).size();
        }
      };
    }
  }

  @Nested
  class AsVcpu extends HostingCpuSideContract {
    @Override
    protected Subject subject(long workPs) {
      Script script = new Script(List.of(new Program.Spend(Account.USER, workPs)));
      RecordingCtx<Cpu.Command> recorded = new RecordingCtx<Cpu.Command>("cpu0")
          .withPorts("cpus", 1).withPorts("domains", 1).withPorts("tables", 2)
          .withPorts("host", 1);
      PartHarness<Cpu.Command> cpu = new PartHarness<>(
          recorded,
          ctx -> Cpu.create(
              CpuRig.SPEC, new CpuLayout(0, script, new X86FlushHandler()), ctx));
      return new Subject() {
        @Override
        public void hear(Hosting.ToCpu message) {
          cpu.tell(new Cpu.Scheduled(message));
        }

        @Override
        public void runFor(long ps) {
          cpu.runUntil(cpu.nowPs() + ps);
        }

        @Override
        public List<Hosting.ToHost> takeSaid() {
          return cpu.take("host", Hosting.ToHost.class);
        }

        @Override
        public long workedPs() {
          return script.isOver(0) ? workPs : 0;
        }

        @Override
        public int breaches() {
          return cpu.marks(MachineFact.ProtocolBreach.class).size();
        }
      };
    }
  }
}

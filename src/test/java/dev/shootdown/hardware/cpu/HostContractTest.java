package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Hosting;
import dev.shootdown.protocol.HostingHostSideContract;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;

class HostContractTest extends HostingHostSideContract {
  private static final long US = 1_000_000;

  @Override
  protected Subject subject() {
    PartHarness<Host.Command> host = new PartHarness<>(
        new RecordingCtx<Host.Command>("host0").withPorts("cpus", 2),
        ctx -> Host.create(new HostSpec(1, 100 * US, US, 5 * US), ctx));
    return new Subject() {
      @Override
      public void hear(Hosting.ToHost message) {
        host.tell(new Host.Heard(message));
      }

      @Override
      public void settle() {
        host.settle();
      }

      @Override
      public List<Told> takeTold() {
        return host.takeSent("cpus").stream()
            .map(sent -> new Told(sent.member(), (Hosting.ToCpu) sent.message()))
            .filter(told -> told.message() instanceof Hosting.Run).toList();
      }

      @Override
      public int breaches() {
        return host.marks(MachineFact.ProtocolBreach.class).size();
      }
    };
  }
}

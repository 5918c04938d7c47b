package dev.shootdown.hardware.cpu;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.BroadcastInterconnectSideContract;
import dev.shootdown.protocol.PartHarness;
import java.util.List;

class DvmContractTest extends BroadcastInterconnectSideContract {
  @Override
  protected Subject subject() {
    PartHarness<Dvm.Command> dvm = new PartHarness<>(
        new RecordingCtx<Dvm.Command>("dvm").withPorts("cpus", 3),
        ctx -> Dvm.create(new DvmSpec(20_000, 40_000), ctx));
    return new Subject() {
      @Override
      public void hear(Broadcast.ToInterconnect message) {
        dvm.tell(new Dvm.Arrived(message));
      }

      @Override
      public void settle() {
        dvm.settle();
      }

      @Override
      public List<Said> takeSaid() {
        return dvm.takeSent("cpus").stream()
            .map(sent -> new Said(sent.member(), (Broadcast.ToCpu) sent.message())).toList();
      }
    };
  }
}

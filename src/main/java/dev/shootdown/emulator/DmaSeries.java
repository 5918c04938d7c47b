package dev.shootdown.emulator;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.trace.MachineFact;
import java.util.TreeSet;

/** The transfers that a guest's driver has devices do: one, or one after the other at a pace. */
final class DmaSeries {
  private final Ctx<GuestDriver.Command> ctx;
  private final Ports<GuestDma.ToDevice> devices;
  private final TreeSet<Long> openTags = new TreeSet<>();
  private long nextTag;
  private int toCome;

  DmaSeries(Ctx<GuestDriver.Command> ctx) {
    this.ctx = ctx;
    this.devices = ctx.ports("devices", GuestDma.ToDevice.class);
  }

  /** The first transfer of a series. */
  void begin(GuestAction.Dma dma) {
    start(dma, dma.count());
  }

  /** The next one is due. */
  void goOn(GuestDriver.DmaDue due) {
    toCome--;
    start(due.dma(), due.left());
  }

  private void start(GuestAction.Dma dma, int left) {
    long tag = nextTag++;
    openTags.add(tag);
    ctx.send(devices.at(dma.device()), new GuestDma.Start(tag, dma.page(), dma.write()));
    if (left > 1) {
      toCome++;
      ctx.after(dma.everyPs(), new GuestDriver.DmaDue(dma, left - 1));
    }
  }

  /** A device says that a transfer is over. */
  void ended(long tag) {
    if (!openTags.remove(tag)) {
      ctx.mark(new MachineFact.ProtocolBreach("a transfer is over that is not under way"));
    }
  }

  /** Whether there is a transfer under way or to come. */
  boolean isOpen() {
    return toCome > 0 || !openTags.isEmpty();
  }
}

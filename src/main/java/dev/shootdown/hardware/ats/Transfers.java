package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;

/**
 * What a device has under way to memory, and the invalidations that have to wait for some of it.
 * They come one after the other into the unit that drops entries.
 */
final class Transfers {
  private final AtsDeviceSpec spec;
  private final AtsDeviceLayout layout;
  private final Ctx<AtsDevice.Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Port<Dma.ToMemory> memory;
  private final Atc atc;
  private final Drains drains;
  private long begun;
  private long sweeperFreeAtPs;

  Transfers(AtsDeviceSpec spec, AtsDeviceLayout layout, Ctx<AtsDevice.Command> ctx,
      Port<Ats.ToIommu> iommu, Atc atc) {
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.iommu = iommu;
    this.memory = ctx.port("memory", Dma.ToMemory.class);
    this.atc = atc;
    this.drains = new Drains(spec.trafficClasses());
  }

  /** Moves {@code touch}'s data from or to frame {@code pfn}. */
  void begin(Touch touch, long pfn) {
    long transfer = begun++;
    drains.start(transfer, touch);
    ctx.mark(new MachineFact.Used(
        touch.pasid(), touch.page(), pfn, touch.write(), transfer));
    ctx.send(memory, new Dma.Transfer(
        layout.numberAtMemory(), transfer, pfn, touch.write(), touch.sizeBytes()));
  }

  /** Memory has done it; whose transfer it was, or null if it was nobody's. */
  Touch end(Dma.Transferred transferred) {
    Touch touch = drains.finish(transferred.tag());
    if (touch == null) {
      breach("memory answered a transfer that is not under way");
    } else {
      ctx.mark(new MachineFact.Drained(transferred.tag()));
    }
    return touch;
  }

  /** Answers the invalidations that waited only for {@code transferred}. */
  void drained(Dma.Transferred transferred) {
    drains.drainedBy(transferred.tag()).forEach(itag -> complete(itag, 1));
  }

  /** Takes an invalidation in; false if it breaks the rules so that it can't be answered. */
  boolean invalidate(Ats.InvalidateRequest request) {
    ctx.mark(new MachineFact.InvalidationTaken(
        request.pasid(), request.range(), request.itag()));
    if (!drains.open(request)) {
      breach("an IOMMU used an ITag that is still open");
      return false;
    }
    if (drains.openCount() > spec.invalidateQueueDepth()) {
      breach("an IOMMU sent more invalidations than the device takes");
    }
    sweeperFreeAtPs =
        Math.max(ctx.nowPs(), sweeperFreeAtPs) + spec.invalidationProcessingPs();
    ctx.after(sweeperFreeAtPs - ctx.nowPs(), new AtsDevice.Swept(request.itag()));
    return true;
  }

  /** The invalidation under {@code itag} has had its time in the unit. */
  void swept(int itag) {
    atc.drop(drains.request(itag));
    complete(itag, spec.drainBeforeCompletion()
        ? drains.drainedNow(itag) : spec.trafficClasses());
  }

  /** In {@code classes} more traffic classes nothing uses what was dropped. */
  private void complete(int itag, int classes) {
    if (drains.isDrained(itag)) {
      drains.close(itag);
      ctx.mark(new MachineFact.InvalidationDone(itag));
    }
    for (int i = 0; i < classes; i++) {
      ctx.send(
          iommu,
          new Ats.InvalidateCompletion(layout.numberAtIommu(), itag, spec.trafficClasses()));
    }
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }
}

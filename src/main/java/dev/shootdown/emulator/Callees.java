package dev.shootdown.emulator;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueue.Slot;

/** Those whom the emulator calls, each in the way that it is spoken to. */
final class Callees {
  private final Ctx<?> ctx;
  private final Ports<Vfio.ToContainer> containers;
  private final Ports<VhostIotlb.ToBackend> backends;
  private final Ports<ViommuNotifier.ToListener> shadows;

  Callees(Ctx<?> ctx) {
    this.ctx = ctx;
    this.containers = ctx.ports("containers", Vfio.ToContainer.class);
    this.backends = ctx.ports("backends", VhostIotlb.ToBackend.class);
    this.shadows = ctx.ports("shadows", ViommuNotifier.ToListener.class);
  }

  /** Tells {@code listener} of {@code notice}, which it wants; it will answer {@code ticket}. */
  void call(Listener listener, long ticket, Notice notice, boolean withDirty) {
    boolean maps = notice.type() == ViommuNotifier.Type.MAP;
    switch (listener.kind()) {
      case VFIO -> ctx.send(
          containers.at(listener.member()),
          maps ? map(ticket, notice) : unmap(ticket, notice, withDirty));
      case VHOST -> ctx.send(
          backends.at(listener.member()), new VhostIotlb.Invalidate(ticket, notice.span()));
      case SHADOW -> ctx.send(
          shadows.at(listener.member()),
          new ViommuNotifier.Event(
              ticket, notice.type(), notice.span(), maps ? notice.slot().pfn() : -1,
              maps && notice.slot().writable()));
    }
  }

  private static Vfio.ToContainer map(long ticket, Notice notice) {
    Slot slot = notice.slot();
    return new Vfio.MapDma(
        ticket, notice.span().first(), notice.span().sizeBytes(), slot.pfn(), slot.writable());
  }

  private static Vfio.ToContainer unmap(long ticket, Notice notice, boolean withDirty) {
    long sizeBytes = notice.all() ? 0 : notice.span().sizeBytes();
    long iova = notice.all() ? 0 : notice.span().first();
    return new Vfio.UnmapDma(ticket, iova, sizeBytes, notice.all(), withDirty);
  }

  /** Makes a container record writes. */
  void trackDirty(Listener listener, long ticket) {
    ctx.send(containers.at(listener.member()), new Vfio.TrackDirty(ticket));
  }

  /** Answers a backend's miss. */
  void update(int member, long page, ViommuQueue.Contents found) {
    Slot slot = found.slots().isEmpty() ? null : found.slots().get(0);
    if (slot == null || !slot.isPresent()) {
      ctx.send(backends.at(member), new VhostIotlb.Unmapped(page));
      return;
    }
    long pfn = slot.pfn() + page - slot.range().firstPage();
    ctx.send(
        backends.at(member),
        new VhostIotlb.Update(page, pfn, slot.writable(), found.readAtPs()));
  }

  /** The process ends; the kernel closes what it had open. */
  void close() {
    for (int i = 0; i < containers.size(); i++) {
      ctx.send(containers.at(i), new Vfio.Closed());
    }
    for (int i = 0; i < backends.size(); i++) {
      ctx.send(backends.at(i), new VhostIotlb.Closed());
    }
    for (int i = 0; i < shadows.size(); i++) {
      ctx.send(shadows.at(i), new ViommuNotifier.Closed());
    }
  }
}

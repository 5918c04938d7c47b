package dev.shootdown.hardware.iommu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/**
 * The half of an IOMMU that works on its command queue: takes descriptors, has them carried out,
 * and answers the CPUs.
 */
final class Commands {
  /** The rest of the IOMMU, which the commands are about. */
  interface Rest {
    /** Drops a range from the IOTLB. */
    void drop(Invalidation.Iotlb command);

    /** Whether untranslated DMA is under way that used what {@code command} dropped. */
    boolean isInUse(Invalidation.Iotlb command);

    /** Carries out a command that concerns an entry, a page request or a stall. */
    void apply(Invalidation.Descriptor command);

    /** Whether all page requests so far stand in the log. */
    boolean isLogWritten();
  }

  private final CommandInterface kind;
  private final IommuSpec spec;
  private final IommuLayout layout;
  private final Ctx<Iommu.Command> ctx;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<Invalidation.ToCpu> cpus;
  private final Rest rest;
  private final InvalidationQueue queue;
  private final Itags itags;
  private final Patience patience;
  private final boolean[] gone;
  private final List<InvalidationQueue.Batch> aborted = new ArrayList<>();
  private InvalidationQueue.Batch sweeping; // null while the invalidation unit is idle
  private Invalidation.Descriptor swept;
  private boolean draining;
  private boolean standing;

  Commands(CommandInterface kind, IommuSpec spec, IommuLayout layout, Ctx<Iommu.Command> ctx,
      Rest rest) {
    this.kind = kind;
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.cpus = ctx.ports("cpus", Invalidation.ToCpu.class);
    this.rest = rest;
    this.queue = new InvalidationQueue(spec.queueDepth(), spec.spareSlots());
    this.itags = new Itags(layout.queueDepths(), spec.deviceQueueDepth());
    this.patience = new Patience(ctx);
    this.gone = new boolean[layout.queueDepths().size()];
  }

  void on(Invalidation.Submit submit) {
    InvalidationQueue.Batch batch = queue.submit(submit);
    work();
    patience.await(batch);
  }

  void on(Ats.InvalidateCompletion completion) {
    if (!itags.isUsed(completion.device(), completion.itag())) {
      breach("a device answered an ITag that is not in use");
      return;
    }
    if (!itags.answered(completion.device(), completion.itag(), completion.count())) {
      breach("a device changed its mind on how often it answers an ITag");
    }
    if (!itags.isAnswered(completion.device(), completion.itag())) {
      if (!spec.countsCompletions()) {
        done(itags.finish(completion.device(), completion.itag()));
      }
      return;
    }
    done(itags.release(completion.device(), completion.itag()));
  }

  /** All of what {@code batch} is about in one device is over; null if nobody waits for that. */
  private void done(InvalidationQueue.Batch batch) {
    if (batch != null) {
      batch.deviceDone(ctx.nowPs());
    }
    work();
  }

  void on(Ats.LinkDown down) {
    gone[down.device()] = true;
  }

  /** The invalidation unit has had its time. */
  void sweepOver() {
    if (swept instanceof Invalidation.Iotlb own) {
      rest.drop(own);
      draining = spec.drainUntranslated() && rest.isInUse(own);
      if (draining) {
        return;
      }
    } else {
      rest.apply(swept);
    }
    finishSweep();
  }

  /** Untranslated DMA has ended. */
  void drained() {
    if (draining && !rest.isInUse((Invalidation.Iotlb) swept)) {
      draining = false;
      finishSweep();
    }
  }

  /** Some CPUs have polled for as long as they would. */
  void patienceOver() {
    for (InvalidationQueue.Batch batch = patience.next(); batch != null;
        batch = patience.next()) {
      batch.answer();
      ctx.mark(new MachineFact.SubmissionAbandoned(batch.submit().operation(), batch.cpu()));
      ctx.send(cpus.at(batch.cpu()), batch.completed(Invalidation.Status.GAVE_UP));
    }
  }

  /** A device that hasn't answered an invalidation may have had its time. */
  void look(Iommu.TimeOver over) {
    if (itags.isOpen(over.device(), over.itag(), over.use())) {
      if (ctx.nowPs() < over.duePs()) {
        ctx.after(Looks.nextPs(over.sincePs(), ctx.nowPs(), over.duePs()), over);
      } else {
        timeOver(over.device(), over.itag(), over.use());
      }
    }
  }

  private void timeOver(int device, int itag, long use) {
    ctx.mark(new MachineFact.InvalidationExpired(device, itag, gone[device]));
    switch (kind.expiry()) {
      case LOG -> {
        InvalidationQueue.Batch batch = itags.batch(device, itag);
        itags.expire(device, itag, gone[device]);
        batch.deviceDone(ctx.nowPs());
        work();
      }
      case REPEAT_WAIT -> {
        stand();
        watch(device, itag, use, spec.resubmitPs());
      }
      default -> {
        InvalidationQueue.Batch late = itags.batch(device, itag);
        itags.expire(device, itag, gone[device]);
        abort(gone[device] ? late : null);
      }
    }
  }

  /** Software has seen the error, cleared it, and writes what was aborted to the ring again. */
  void cleared() {
    standing = false;
    aborted.forEach(queue::resubmit);
    aborted.clear();
    queue.admit();
    work();
  }

  /** Takes descriptors and answers submissions until neither is possible. */
  void work() {
    boolean moved = true;
    while (moved) {
      moved = take() || answer();
    }
  }

  private void finishSweep() {
    sweeping.iotlbDone(ctx.nowPs());
    sweeping = null;
    work();
  }

  private boolean answer() {
    InvalidationQueue.Batch complete = queue.complete();
    if (complete == null || standing
        || complete.lastWait().drainPageRequests() && !rest.isLogWritten()) {
      return false;
    }
    queue.retire();
    if (!complete.answer()) {
      ctx.send(cpus.at(complete.cpu()), complete.completed());
    }
    return true;
  }

  /** Takes the next descriptor, if it can start; the ring has no way around one that can't. */
  private boolean take() {
    InvalidationQueue.Batch batch = queue.current();
    if (batch == null || standing) {
      return false;
    }
    if (batch.isAtWait()) {
      return takeWait(batch, batch.lastWait());
    }
    Invalidation.Descriptor command = batch.descriptor();
    if (command instanceof Invalidation.Wait wait) {
      return takeWait(batch, wait);
    } else if (!kind.knows(command) || !concernsADevice(command)) {
      breach("software wrote a command that this IOMMU doesn't know: " + command);
      batch.refuse();
      stand();
      return false;
    } else if (command instanceof Invalidation.DeviceTlb device) {
      return takeDeviceTlb(device);
    } else if (command instanceof Invalidation.PageResponse
        || command instanceof Invalidation.Resume) {
      queue.take(ctx.nowPs()).done();
      rest.apply(command);
      return true;
    }
    return takeSweep(command);
  }

  /** Whether the device that the command names, if any, has a cache to be told about. */
  private boolean concernsADevice(Invalidation.Descriptor command) {
    return !(command instanceof Invalidation.DeviceTlb tlb) || layout.hasAtc(tlb.device());
  }

  /** Where a wait holds back what follows, the ring stands until it is complete. */
  private boolean takeWait(InvalidationQueue.Batch batch, Invalidation.Wait wait) {
    if (kind.fences(wait) && !(queue.isOldest(batch) && batch.isQuiet())) {
      return false;
    }
    boolean last = batch.isAtWait();
    queue.take(ctx.nowPs());
    if (!last) {
      batch.done();
    }
    return true;
  }

  private boolean takeSweep(Invalidation.Descriptor command) {
    if (sweeping != null) {
      return false;
    }
    sweeping = queue.take(ctx.nowPs());
    swept = command;
    ctx.after(spec.iotlbInvalidationPs(), new Iommu.Swept());
    return true;
  }

  private boolean takeDeviceTlb(Invalidation.DeviceTlb command) {
    int device = command.device();
    int itag = itags.free(device);
    if (itag < 0 || sweeping != null && spec.deviceTlbAfterIotlb()) {
      return false;
    }
    long use = itags.use(device, itag, queue.take(ctx.nowPs()));
    ctx.mark(new MachineFact.InvalidationSent(device, command.pasid(), command.range(), itag));
    ctx.send(devices.at(device), new Ats.InvalidateRequest(
        itag, command.pasid(), command.range(), command.global()));
    watch(device, itag, use, 0);
    return true;
  }

  private void watch(int device, int itag, long use, long extraPs) {
    spec.deviceTimeoutPs().ifPresent(
        limitPs -> {
          long nowPs = ctx.nowPs();
          long duePs = nowPs + limitPs + extraPs;
          ctx.after(
              Looks.nextPs(nowPs, nowPs, duePs),
              new Iommu.TimeOver(device, itag, use, nowPs, duePs));
        });
  }

  /** The ring is not read until software has cleared the error. */
  private void stand() {
    if (!standing) {
      standing = true;
      ctx.after(spec.resubmitPs(), new Iommu.Cleared());
    }
  }

  /** Ends all submissions in the ring; {@code lost} is the one that isn't tried again, or null. */
  private void abort(InvalidationQueue.Batch lost) {
    for (InvalidationQueue.Batch batch : queue.abort()) {
      if (batch != lost) {
        aborted.add(batch);
        ctx.mark(
            new MachineFact.SubmissionAborted(batch.submit().operation(), batch.cpu()));
      } else if (!lost.answer()) {
        ctx.send(cpus.at(lost.cpu()), lost.completed(Invalidation.Status.DEVICE_GONE));
      }
    }
    stand();
  }

  private void breach(String rule) {
    ctx.mark(new MachineFact.ProtocolBreach(rule));
  }
}

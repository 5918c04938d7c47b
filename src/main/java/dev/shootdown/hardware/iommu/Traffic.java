package dev.shootdown.hardware.iommu;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Untranslated DMA on its way through an IOMMU: waiting for its translation, stalled with a fault
 * that software has to see to, or under way to memory.
 */
final class Traffic {
  private static final int NO_STALL = -1;

  /** One transfer. */
  private static final class Moving {
    private final Ats.UntranslatedDma dma;
    private int stallTag = NO_STALL;
    private boolean underWay;

    private Moving(Ats.UntranslatedDma dma) {
      this.dma = dma;
    }
  }

  private final IommuSpec spec;
  private final IommuLayout layout;
  private final Optional<Nesting> nesting;
  private final Ctx<Iommu.Command> ctx;
  private final Ports<Dma.ToMemory> memory;
  private final Ports<Ats.ToDevice> devices;
  private final Ports<DeviceFaults.ToKernel> kernel;
  private final Map<Long, Moving> moving = new TreeMap<>();
  private final Map<Integer, Long> stalled = new TreeMap<>();
  private final Deque<Long> withoutStallTag = new ArrayDeque<>();
  private long arrived;

  Traffic(IommuSpec spec, IommuLayout layout, Optional<Nesting> nesting,
      Ctx<Iommu.Command> ctx) {
    this.spec = spec;
    this.layout = layout;
    this.nesting = nesting;
    this.ctx = ctx;
    this.memory = ctx.ports("memory", Dma.ToMemory.class);
    this.devices = ctx.ports("devices", Ats.ToDevice.class);
    this.kernel = ctx.ports("faults", DeviceFaults.ToKernel.class);
  }

  /** Takes DMA in; what is to be translated for it. */
  Wanted arrive(Ats.UntranslatedDma dma) {
    long number = arrived++;
    moving.put(number, new Moving(dma));
    return new Wanted(dma.device(), number, dma.pasid(), dma.page(), dma.write(), true);
  }

  /** The translation has come: on to memory, or a fault. */
  void translated(Wanted wanted, Translator.Answer answer) {
    long number = wanted.tag();
    Moving own = moving.get(number);
    if (answer.allows(wanted)) {
      if (own.stallTag != NO_STALL) {
        ctx.mark(new MachineFact.FaultResolved(number, MachineFact.Resolution.SERVED));
        freeStallTag(own);
      }
      own.underWay = true;
      ctx.mark(new MachineFact.Used(
          wanted.pasid(), wanted.page(), answer.pfn(), wanted.write(), number));
      ctx.send(memory.at(0), new Dma.Transfer(layout.numberAtMemory(), number, answer.pfn(),
          wanted.write(), own.dma.sizeBytes()));
    } else if (answer.status() == Ats.Status.SC && spec.stallsMax() > 0 && kernel.size() > 0) {
      stall(number, own);
    } else {
      end(number, answer.status() == Ats.Status.CA ? Ats.Status.CA : Ats.Status.UR, 0);
    }
  }

  /** Memory has done it. */
  void on(Dma.Transferred transferred) {
    Moving own = moving.get(transferred.tag());
    if (own == null || !own.underWay) {
      ctx.mark(new MachineFact.ProtocolBreach(
          "memory answered a transfer that is not under way"));
      return;
    }
    ctx.mark(new MachineFact.Drained(transferred.tag()));
    end(transferred.tag(), Ats.Status.SC, transferred.sizeBytes());
  }

  /**
   * Whether a transfer is under way that used what {@code command} dropped; one that names guest
   * pages counts for all, since transfers are known by the first stage's pages.
   */
  boolean isInUse(Invalidation.Iotlb command) {
    if (nesting.isPresent() && command.pasid() == nesting.get().space()) {
      return moving.values().stream().anyMatch(own -> own.underWay);
    }
    return moving.values().stream().anyMatch(own -> own.underWay
        && (command.pasid() == Ats.NO_PASID || command.pasid() == own.dma.pasid())
        && command.range().contains(own.dma.page()));
  }

  /** Software has seen to a stall; what is to be translated again, or null. */
  Wanted resume(Invalidation.Resume command) {
    Long number = stalled.get(command.stallTag());
    if (number == null) {
      ctx.mark(new MachineFact.ProtocolBreach(
          "software resumed a stall tag that is not in use: " + command.stallTag()));
      return null;
    }
    Moving own = moving.get(number);
    if (command.retry()) {
      return new Wanted(
          own.dma.device(), number, own.dma.pasid(), own.dma.page(), own.dma.write(), true);
    }
    ctx.mark(new MachineFact.FaultResolved(number, MachineFact.Resolution.REFUSED));
    freeStallTag(own);
    end(number, Ats.Status.UR, 0);
    return null;
  }

  private void stall(long number, Moving own) {
    if (own.stallTag != NO_STALL) {
      ctx.mark(new MachineFact.FaultRetried(number));
    } else {
      ctx.mark(new MachineFact.FaultRaised(
          number, own.dma.pasid(), own.dma.page(), own.dma.write()));
      int free = 0;
      while (stalled.containsKey(free)) {
        free++;
      }
      if (free >= spec.stallsMax()) {
        withoutStallTag.add(number);
        return;
      }
      own.stallTag = free;
      stalled.put(free, number);
    }
    tell(own);
  }

  private void tell(Moving own) {
    ctx.send(kernel.at(0), new DeviceFaults.Raised(layout.number(), own.dma.device(),
        own.dma.pasid(), own.dma.page(), own.dma.write(), own.stallTag, true, true));
  }

  /** Gives the tag to the oldest transfer that waits for one. */
  private void freeStallTag(Moving own) {
    int tag = own.stallTag;
    own.stallTag = NO_STALL;
    stalled.remove(tag);
    if (!withoutStallTag.isEmpty()) {
      long next = withoutStallTag.remove();
      Moving heir = moving.get(next);
      heir.stallTag = tag;
      stalled.put(tag, next);
      tell(heir);
    }
  }

  private void end(long number, Ats.Status status, int sizeBytes) {
    Ats.UntranslatedDma dma = moving.remove(number).dma;
    ctx.send(devices.at(dma.device()), new Ats.UntranslatedDone(dma.tag(), status, sizeBytes));
  }
}

package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueue.Slot;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;

/** An emulator with one listener; guest memory answers its reads, whoever listens doesn't. */
final class EmulatorRig {
  final PartHarness<Viommu.Command> part;
  private final List<Slot> table = new ArrayList<>();
  private long tickets;
  private boolean read;

  EmulatorRig(Listener listener) {
    RecordingCtx<Viommu.Command> recorded = new RecordingCtx<Viommu.Command>("v0")
        .withPorts("containers", listener.kind() == Listener.Kind.VFIO ? 1 : 0)
        .withPorts("backends", listener.kind() == Listener.Kind.VHOST ? 1 : 0)
        .withPorts("shadows", listener.kind() == Listener.Kind.SHADOW ? 1 : 0);
    ViommuSpec spec = Specs.viommu(ViommuSpec.Flavour.INTEL, ViommuSpec.Behaviour.QEMU_10_0);
    this.part = new PartHarness<>(
        recorded,
        ctx -> Viommu.create(spec, new ViommuLayout(1000, 0x5000, List.of(listener)), ctx));
  }

  /** Page {@code page} of the guest is in frame {@code pfn} from now on, nowhere if that is −1. */
  void set(long page, long pfn) {
    table.removeIf(slot -> slot.range().contains(page));
    table.add(new Slot(PageRange.of(page), pfn, pfn >= 0));
  }

  /** The guest flushes these pages, one descriptor each. */
  void flush(long... pages) {
    List<ViommuQueue.Descriptor> descriptors = new ArrayList<>();
    for (long page : pages) {
      descriptors.add(
          new ViommuQueue.Descriptor(ViommuQueue.Kind.PAGES, -1, PageRange.of(page)));
    }
    part.tell(new Viommu.GuestSaid(new ViommuQueue.Submit(tickets++, 3, descriptors)));
  }

  void settle() {
    part.settle();
    List<ViommuQueue.Read> reads = part.take("memory", ViommuQueue.Read.class);
    while (!reads.isEmpty()) {
      read = true;
      for (ViommuQueue.Read wanted : reads) {
        part.tell(new Viommu.GuestSaid(new ViommuQueue.Contents(
            wanted.ticket(), found(wanted.range()), 4, part.nowPs())));
      }
      part.settle();
      reads = part.take("memory", ViommuQueue.Read.class);
    }
  }

  private List<Slot> found(PageRange range) {
    List<Slot> found = table.stream().filter(slot -> slot.range().overlaps(range)).toList();
    return found.isEmpty() && range.pages() == 1
        ? List.of(new Slot(range, -1, false)) : found;
  }

  /** Whether it has read guest memory since the last call. */
  boolean hasRead() {
    boolean had = read;
    read = false;
    return had;
  }

  /** Whether the guest has been told that a submission is done since the last call. */
  boolean isDone() {
    return !part.take("guest", ViommuQueue.Done.class).isEmpty();
  }

  int breaches() {
    return part.marks(MachineFact.ProtocolBreach.class).size();
  }
}

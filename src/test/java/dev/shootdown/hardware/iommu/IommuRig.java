package dev.shootdown.hardware.iommu;

import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsIommuSideContract.Mapping;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An IOMMU of two devices and two CPUs, address space 3 bound to it, and a page table. */
final class IommuRig {
  static final int PASID = 3;
  static final long NS = 1_000;
  static final IommuSpec SPEC =
      new IommuSpec(128, 4, NS, 4, 110 * NS, 820 * NS, 256, true, true);

  final PartHarness<Iommu.Command> part;
  private final Map<Long, Mapping> table = new TreeMap<>();

  IommuRig(IommuSpec spec) {
    this(spec, 32);
  }

  IommuRig(IommuSpec spec, int queueDepth) {
    this(CommandInterface.VTD, spec, queueDepth, false);
  }

  /** An IOMMU with memory, and with a fault queue if {@code serves} says so. */
  IommuRig(CommandInterface kind, IommuSpec spec, int queueDepth, boolean serves) {
    RecordingCtx<Iommu.Command> ctx = new RecordingCtx<Iommu.Command>("iommu0")
        .withPorts("tables", 2).withPorts("devices", 2).withPorts("cpus", 2)
        .withPorts("memory", 1).withPorts("faults", serves ? 1 : 0);
    IommuLayout layout =
        new IommuLayout(5, List.of(8, PASID), List.of(queueDepth, queueDepth), 2, 6);
    this.part = new PartHarness<>(ctx, given -> Iommu.create(kind, spec, layout, given));
  }

  IommuRig map(List<Mapping> mappings) {
    mappings.forEach(mapping -> table.put(mapping.page(), mapping));
    return this;
  }

  void hear(Ats.ToIommu message) {
    part.tell(new Iommu.DeviceSaid(message));
  }

  void hear(Invalidation.ToIommu message) {
    part.tell(new Iommu.CpuSaid(message));
  }

  void hear(PageWalk.ToWalker message) {
    part.tell(new Iommu.TableAnswered(message));
  }

  void hear(DeviceFaults.ToIommu message) {
    part.tell(new Iommu.KernelSaid(message));
  }

  /** Memory ends all transfers; returns how many there were. */
  int endTransfers() {
    List<Dma.Transfer> transfers = part.take("memory", Dma.Transfer.class);
    transfers.forEach(transfer ->
        part.tell(new Iommu.MemoryAnswered(new Dma.Transferred(transfer.tag()))));
    return transfers.size();
  }

  void want(long page, boolean forWrite) {
    hear(new Ats.TranslationRequest(0, 0, PASID, page, forWrite));
  }

  /** Lets time pass until nothing is left to do; table and memory answer at once. */
  void settleWithAll() {
    do {
      settleWithTable();
    } while (endTransfers() > 0);
  }

  /** Lets time pass until nothing is left to do; the table answers all walks at once. */
  void settleWithTable() {
    part.settle();
    List<PageWalk.Walk> walks = part.take("tables", PageWalk.Walk.class);
    while (!walks.isEmpty()) {
      for (PageWalk.Walk walk : walks) {
        Mapping mapping = table.getOrDefault(walk.page(), new Mapping(walk.page(), -1, false));
        hear(new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), mapping.pfn(),
            mapping.writable(), part.nowPs()));
      }
      part.settle();
      walks = part.take("tables", PageWalk.Walk.class);
    }
  }

  /** What was said to {@code device}; what was said to the other one is lost. */
  <M> List<M> takeSaid(int device, Class<M> type) {
    return part.takeSent("devices").stream().filter(sent -> sent.member() == device)
        .map(sent -> type.cast(sent.message())).toList();
  }

  int breaches() {
    return part.marks(MachineFact.ProtocolBreach.class).size();
  }
}

package dev.shootdown.hardware.iommu;

import static dev.shootdown.hardware.iommu.IommuRig.SPEC;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.AtsIommuSideContract;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.DmaDeviceSideContract;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.InvalidationIommuSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PageWalkWalkerSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class IommuContractTest {
  @Test
  void shouldHandleAllItsCommands() {
    CommandAudit.check(Iommu.Command.class, () -> new IommuRig(SPEC).part);
  }

  /** What leaves for the devices, kept by device. */
  private static final class Mailbox {
    private final IommuRig rig;
    private final List<RecordingCtx.Sent> kept = new ArrayList<>();

    Mailbox(IommuRig rig) {
      this.rig = rig;
    }

    <M> List<M> take(int device, Class<M> type) {
      kept.addAll(rig.part.takeSent("devices"));
      List<M> taken = new ArrayList<>();
      for (Iterator<RecordingCtx.Sent> i = kept.iterator(); i.hasNext();) {
        RecordingCtx.Sent sent = i.next();
        if (sent.member() == device) {
          taken.add(type.cast(sent.message()));
          i.remove();
        }
      }
      return taken;
    }
  }

  @Nested
  class AsTranslationAgent extends AtsIommuSideContract {
    @Override
    protected Subject subject(List<Mapping> mappings) {
      IommuRig rig = new IommuRig(SPEC).map(mappings);
      Mailbox mailbox = new Mailbox(rig);
      return new Subject() {
        @Override
        public void hear(Ats.ToIommu message) {
          rig.hear(message);
        }

        @Override
        public void settle() {
          rig.settleWithAll();
        }

        @Override
        public List<Ats.ToDevice> takeSaid(int device) {
          return mailbox.take(device, Ats.ToDevice.class);
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }

  private abstract static class Unit extends InvalidationIommuSideContract {
    private final CommandInterface kind;

    Unit(CommandInterface kind) {
      this.kind = kind;
    }

    @Override
    protected Subject subject() {
      IommuRig rig = new IommuRig(kind, SPEC, QUEUE_DEPTH, false);
      return new DrivenUnit(rig, new Mailbox(rig));
    }
  }

  @Nested
  class AsIntelsQueue extends Unit {
    AsIntelsQueue() {
      super(CommandInterface.VTD);
    }
  }

  @Nested
  class AsAmdsQueue extends Unit {
    AsAmdsQueue() {
      super(CommandInterface.AMD);
    }
  }

  @Nested
  class AsArmsQueue extends Unit {
    AsArmsQueue() {
      super(CommandInterface.SMMU);
    }
  }

  /** The IOMMU moves data in a device's place. */
  @Nested
  class AsDmaDevice extends DmaDeviceSideContract {
    @Override
    protected Subject subject(int count, int sizeBytes) {
      IommuRig rig = new IommuRig(SPEC)
          .map(List.of(new AtsIommuSideContract.Mapping(7, 70, true)));
      for (int tag = 0; tag < count; tag++) {
        rig.hear(new Ats.UntranslatedDma(0, tag, IommuRig.PASID, 7, true, sizeBytes));
      }
      rig.settleWithTable();
      return new Subject() {
        @Override
        public void hear(Dma.ToDevice message) {
          rig.part.tell(new Iommu.MemoryAnswered(message));
        }

        @Override
        public List<Dma.Transfer> takeSaid() {
          return rig.part.take("memory", Dma.Transfer.class);
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }

  private record DrivenUnit(IommuRig rig, Mailbox mailbox)
      implements InvalidationIommuSideContract.Subject {
    @Override
    public void hear(Invalidation.ToIommu message) {
      rig.hear(message);
    }

    @Override
    public void hear(Ats.ToIommu message) {
      rig.hear(message);
    }

    @Override
    public void settle() {
      rig.part.settle();
    }

    @Override
    public List<InvalidationIommuSideContract.Answer> takeAnswers() {
      return rig.part.takeSent("cpus").stream()
          .map(sent -> new InvalidationIommuSideContract.Answer(
              sent.member(), (Invalidation.Completed) sent.message()))
          .toList();
    }

    @Override
    public List<Ats.InvalidateRequest> takeSaid(int device) {
      return mailbox.take(device, Ats.InvalidateRequest.class);
    }

    @Override
    public List<Long> sweptAtPs() {
      return rig.part.markedAtPs(MachineFact.Dropped.class);
    }
  }

  @Nested
  class AsWalker extends PageWalkWalkerSideContract {
    @Override
    protected Subject subject() {
      IommuRig rig = new IommuRig(SPEC);
      return new Subject() {
        @Override
        public void want(long page, boolean forWrite) {
          rig.want(page, forWrite);
        }

        @Override
        public void forget(PageRange range) {
          rig.hear(new Invalidation.Submit(
              0, 0, 0, List.of(new Invalidation.Iotlb(MM, range))));
          rig.part.settle();
        }

        @Override
        public void hear(PageWalk.ToWalker message) {
          rig.hear(message);
        }

        @Override
        public void settle() {
          rig.part.settle();
        }

        @Override
        public List<PageWalk.Walk> takeSaid() {
          return rig.part.take("tables", PageWalk.Walk.class);
        }

        @Override
        public List<Long> takeFound() {
          return rig.takeSaid(0, Ats.TranslationCompletion.class).stream()
              .map(Ats.TranslationCompletion::pfn).toList();
        }

        @Override
        public int breaches() {
          return rig.breaches();
        }
      };
    }
  }
}

package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelCallKernelSideContract;
import dev.shootdown.protocol.KernelLockContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PageWalkTableSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DomainContractTest {
  private static final PageRange PAGE = PageRange.of(10);
  private static final KernelCall.NotifierStart START =
      new KernelCall.NotifierStart(0, PAGE, MachineFact.Event.CLEAR);

  private static final List<Long> FIVE = List.of(5L);

  @Test
  void shouldHandleAllTheirCommands() {
    CommandAudit.check(AddressSpace.Command.class, () -> DomainRig.space().part);
    CommandAudit.check(PageTable.Command.class, () -> TableRig.table().part);
    CommandAudit.check(FrameTable.Command.class, () -> DomainRig.frames(1).part);
    CommandAudit.check(ReverseMap.Command.class, () -> DomainRig.reverseMap().part);
    CommandAudit.check(Rendezvous.Command.class, () -> DomainRig.rendezvous().part);
  }

  @Nested
  class AddressSpaceAsDomain extends KernelCallKernelSideContract {
    @Override
    protected Subject subject() {
      return DomainRig.space(new AddressSpace.Area(PAGE, true));
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          new KernelCall.Lock(true), new KernelCall.Unlock(true), new KernelCall.Lock(false),
          new KernelCall.GatherBegin(), new KernelCall.GatherCheck(),
          new KernelCall.GatherEnd(), new KernelCall.Unlock(false), new KernelCall.Lock(true),
          new KernelCall.Downgrade(),
          new KernelCall.BatchAdd(), new KernelCall.BatchPending(),
          new KernelCall.BatchFlushed(1), START,
          new KernelCall.NotifierEnd(0, PAGE), new KernelCall.NextGeneration(),
          new KernelCall.TakeUp(1), new KernelCall.GoLazy(1), new KernelCall.Leave(1),
          new KernelCall.FindArea(10), new KernelCall.MoveAreas(PAGE, PageRange.of(20)),
          new KernelCall.ProtectAreas(PageRange.of(20), false));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of(
          new KernelCall.GatherBegin(), new KernelCall.GatherEnd(),
          START, new KernelCall.NotifierEnd(0, PAGE), new KernelCall.BatchAdd(),
          new KernelCall.GoLazy(1), new KernelCall.Leave(1),
          new KernelCall.MoveAreas(PAGE, PageRange.of(20)),
          new KernelCall.ProtectAreas(PageRange.of(20), false));
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.Allocate(1);
    }
  }

  @Nested
  class PageTableAsDomain extends KernelCallKernelSideContract {
    @Override
    protected Subject subject() {
      return TableRig.table();
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          TableRig.visit(KernelCall.Visit.PROTECT, 10, 4),
          TableRig.visit(KernelCall.Visit.UPGRADE, 10, 4), TableRig.move(10, 20, 2),
          TableRig.visit(KernelCall.Visit.CLEAR, 0, 100), TableRig.set(5, 6L, 7L),
          TableRig.visit(KernelCall.Visit.LOOK, 0, 100), TableRig.visit(
              KernelCall.Visit.DETACH, 0, 100),
          new KernelCall.TableFree(1, List.of()), new KernelCall.ReadTable(PAGE, -1, true),
          new KernelCall.TableLock(PAGE, PageRange.of(5120)));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of(new KernelCall.LeaveTables());
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.Unlock(true);
    }
  }

  @Nested
  class FrameTableAsDomain extends KernelCallKernelSideContract {
    @Override
    protected Subject subject() {
      return DomainRig.frames(10);
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          new KernelCall.Allocate(3), new KernelCall.Free(List.of(1L, 2L), 60),
          new KernelCall.Allocate(0), new KernelCall.Free(List.of(), 60),
          new KernelCall.Get(FIVE), new KernelCall.MapFrames(FIVE, true),
          new KernelCall.UnmapFrames(FIVE), new KernelCall.DirtyFrames(FIVE),
          new KernelCall.CleanFrames(FIVE, MachineFact.Clean.MKCLEAN),
          new KernelCall.ShareFrames(FIVE, MachineFact.Share.FORK),
          new KernelCall.UnshareFrames(FIVE), new KernelCall.Inspect(FIVE),
          new KernelCall.LockFolio(5), new KernelCall.UnlockFolio(5),
          new KernelCall.MapCached(0, 1), new KernelCall.DropCached(List.of(13L), 60),
          new KernelCall.SplitFrame(5), new KernelCall.TryGet(FIVE));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of(
          new KernelCall.Get(FIVE), new KernelCall.UnmapFrames(FIVE),
          new KernelCall.DirtyFrames(FIVE), new KernelCall.UnshareFrames(FIVE));
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.NextGeneration();
    }
  }

  @Nested
  class ReverseMapAsDomain extends KernelCallKernelSideContract {
    @Override
    protected Subject subject() {
      return DomainRig.reverseMap();
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(new KernelCall.Lock(false), new KernelCall.Lock(false));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of();
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.GatherCheck();
    }
  }

  @Nested
  class RendezvousAsDomain extends KernelCallKernelSideContract {
    @Override
    protected Subject subject() {
      return DomainRig.rendezvous();
    }

    @Override
    protected List<KernelCall.Request> called() {
      return List.of(
          new KernelCall.Signal("a"), new KernelCall.Await("a"), new KernelCall.Await("a"),
          new KernelCall.Barrier("b", 1), new KernelCall.Barrier("b", 1));
    }

    @Override
    protected List<KernelCall.Request> posted() {
      return List.of(new KernelCall.Signal("a"), new KernelCall.Signal("a"));
    }

    @Override
    protected KernelCall.Request foreign() {
      return new KernelCall.Lock(true);
    }
  }

  @Nested
  class AddressSpaceAsLock extends KernelLockContract {
    @Override
    protected List<String> breaches(KernelCallKernelSideContract.Subject domain) {
      return ((DomainRig<?>) domain).breaches();
    }

    @Override
    protected KernelCallKernelSideContract.Subject subject() {
      return DomainRig.space();
    }
  }

  @Nested
  class ReverseMapAsLock extends KernelLockContract {
    @Override
    protected List<String> breaches(KernelCallKernelSideContract.Subject domain) {
      return ((DomainRig<?>) domain).breaches();
    }

    @Override
    protected KernelCallKernelSideContract.Subject subject() {
      return DomainRig.reverseMap();
    }
  }

  @Nested
  class PageTableAsTable extends PageWalkTableSideContract {
    @Override
    protected Subject subject() {
      DomainRig<PageTable.Command> table = TableRig.table();
      return new Subject() {
        @Override
        public void hear(PageWalk.ToTable message) {
          table.part.tell(new PageTable.Walked(message));
        }

        @Override
        public void visit(KernelCall.TableVisit visit) {
          table.call(0, visit);
        }

        @Override
        public void runUntil(long untilPs) {
          table.runUntil(untilPs);
        }

        @Override
        public List<PageWalk.Entry> takeSaid(int walker) {
          return table.part.takeSent("walkers").stream()
              .filter(sent -> sent.member() == walker)
              .map(sent -> (PageWalk.Entry) sent.message()).toList();
        }
      };
    }
  }
}

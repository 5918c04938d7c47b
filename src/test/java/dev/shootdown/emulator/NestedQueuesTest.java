package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.InvalidationCpuSideContract;
import dev.shootdown.protocol.NestedDomain;
import dev.shootdown.protocol.NestedDomainEmulatorSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Kind;
import dev.shootdown.protocol.ViommuQueueViommuSideContract;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Both that read the queue of a guest whose table is walked by hardware; and that table. */
class NestedQueuesTest {
  private static final int GUEST = 5;
  private static final long DESCRIPTOR_PS = 100;

  private static PartHarness<NestedViommu.Command> trapped() {
    return new PartHarness<>(
        new RecordingCtx<NestedViommu.Command>("queue"),
        ctx -> NestedViommu.create(DESCRIPTOR_PS, ctx));
  }

  private static PartHarness<DirectQueue.Command> direct() {
    return new PartHarness<>(
        new RecordingCtx<DirectQueue.Command>("queue"),
        ctx -> DirectQueue.create(1, GUEST, ctx));
  }

  private static Descriptor pages(long first, long count) {
    return new Descriptor(Kind.PASID_PAGES, -1, new PageRange(first, count));
  }

  private static ViommuQueue.Submit submit(long ticket, Descriptor... descriptors) {
    return new ViommuQueue.Submit(ticket, 3, List.of(descriptors));
  }

  private static int breaches(PartHarness<?> part) {
    return part.marks(MachineFact.ProtocolBreach.class).size();
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(NestedViommu.Command.class, NestedQueuesTest::trapped);
    CommandAudit.check(DirectQueue.Command.class, NestedQueuesTest::direct);
  }

  @Test
  void shouldHandOnPagesAndLeaveDevicesToTheKernelWhenItTraps() {
    PartHarness<NestedViommu.Command> viommu = trapped();
    viommu.tell(
        new NestedViommu.GuestSaid(
            submit(1, new Descriptor(Kind.DEVICE_TLB, 0, PageRange.of(8)), pages(8, 4))));
    viommu.settle();

    assertThat(viommu.take("domain", NestedDomain.Invalidate.class))
        .containsExactly(new NestedDomain.Invalidate(0, 3, new PageRange(8, 4)));
    assertThat(viommu.nowPs()).isEqualTo(2 * DESCRIPTOR_PS);
    viommu.tell(new NestedViommu.DomainSaid(new NestedDomain.Invalidated(0, 210, 220, 230)));
    viommu.settle();
    assertThat(viommu.take("guest", ViommuQueue.Done.class))
        .containsExactly(new ViommuQueue.Done(1, 0, 220, 230));
  }

  @Test
  void shouldInvalidateEverythingWhenAWholeTableIsNamed() {
    PartHarness<NestedViommu.Command> viommu = trapped();
    viommu.tell(
        new NestedViommu.GuestSaid(
            submit(1, new Descriptor(Kind.PASID, -1, PageRange.of(8)))));
    viommu.settle();

    assertThat(viommu.take("domain", NestedDomain.Invalidate.class)).singleElement()
        .matches(invalidate -> invalidate.pages().isAll());
  }

  @Test
  void shouldPassOnWhatTheGuestWroteAndNothingElseWhenItDoesntTrap() {
    PartHarness<DirectQueue.Command> queue = direct();
    queue.tell(
        new DirectQueue.GuestSaid(
            submit(7, pages(8, 4), new Descriptor(Kind.DEVICE_TLB, 0, PageRange.of(8)))));
    queue.tell(new DirectQueue.GuestSaid(submit(8, pages(9, 1))));

    assertThat(queue.take("iommu", Invalidation.Submit.class)).containsExactly(
        new Invalidation.Submit(1, 3, 7, List.of(
            new Invalidation.Iotlb(GUEST, new PageRange(8, 4)),
            new Invalidation.DeviceTlb(0, GUEST, PageRange.of(8)), new Invalidation.Wait(0))),
        new Invalidation.Submit(1, 3, 8, List.of(
            new Invalidation.Iotlb(GUEST, PageRange.of(9)), new Invalidation.Wait(0))));
    assertThat(queue.nowPs()).as("no exit").isZero();
  }

  @Test
  void shouldShowAWalkerWhatStandsInTheTableAndFramesFromWhereItIsTold() {
    GuestLayout layout = new GuestLayout(GUEST, 1L << 40, 48, 36, false, List.of(), 0x200);
    GuestDriverSpec spec =
        new NestedGuestSpec(NestedGuestSpec.Queue.TRAPPED, false, 0, 0, 0, 0, 0, 0, 0).driver();
    List<GuestAction> work =
        List.of(
            new GuestAction.Map(new PageRange(8, 2), false),
            new GuestAction.Map(new PageRange(512, 512), true));
    PartHarness<GuestDriver.Command> guest = new PartHarness<>(
        new RecordingCtx<GuestDriver.Command>("guest").withPorts("devices", 0)
            .withPorts("walkers", 2),
        ctx -> GuestDriver.create(spec, layout, work, ctx));
    guest.settle();
    long[][] pages = {{8, 0x200}, {9, 0x201}, {10, -1}, {511, -1}, {513, 0x401}, {1024, -1}};
    for (long[] page : pages) {
      guest.tell(new GuestDriver.Walked(new PageWalk.Walk(1, 7, GUEST, page[0], false)));

      assertThat(guest.takeSent("walkers")).singleElement().satisfies(sent -> {
        assertThat(sent.member()).isEqualTo(1);
        PageWalk.Entry entry = (PageWalk.Entry) sent.message();
        assertThat(entry.tag()).isEqualTo(7);
        assertThat(entry.isPresent()).isEqualTo(page[1] >= 0);
        assertThat(entry.pfn() + page[0] - entry.page())
            .isEqualTo(page[1] < 0 ? -1 : (1L << 40) + page[1]);
      });
    }
  }

  @Nested
  class Trapped extends ViommuQueueViommuSideContract {
    @Override
    protected boolean readsGuestMemory() {
      return false;
    }

    @Override
    protected Subject subject() {
      PartHarness<NestedViommu.Command> viommu = trapped();
      return new Subject() {
        @Override
        public void hear(ViommuQueue.ToViommu message) {
          viommu.tell(new NestedViommu.GuestSaid(message));
        }

        @Override
        public void settle() {
          viommu.settle();
          List<NestedDomain.Invalidate> asked =
              viommu.take("domain", NestedDomain.Invalidate.class);
          while (!asked.isEmpty()) {
            long nowPs = viommu.nowPs();
            asked.forEach(
                one ->
                    viommu.tell(
                        new NestedViommu.DomainSaid(
                            new NestedDomain.Invalidated(one.ticket(), nowPs, nowPs, nowPs))));
            viommu.settle();
            asked = viommu.take("domain", NestedDomain.Invalidate.class);
          }
        }

        @Override
        public boolean hasRead() {
          return false; // it has no way to
        }

        @Override
        public List<ViommuQueue.ToGuest> takeSaid() {
          return viommu.take("guest", ViommuQueue.ToGuest.class);
        }

        @Override
        public int breaches() {
          return NestedQueuesTest.breaches(viommu);
        }
      };
    }
  }

  @Nested
  class Direct extends ViommuQueueViommuSideContract {
    @Override
    protected boolean readsGuestMemory() {
      return false;
    }

    @Override
    protected Subject subject() {
      PartHarness<DirectQueue.Command> queue = direct();
      return new Subject() {
        @Override
        public void hear(ViommuQueue.ToViommu message) {
          queue.tell(new DirectQueue.GuestSaid(message));
        }

        @Override
        public void settle() {
          queue.settle();
          queue.take("iommu", Invalidation.Submit.class).forEach(
              submit ->
                  queue.tell(
                      new DirectQueue.IommuAnswered(
                          new Invalidation.Completed(submit.ticket(), 0, 0, 0))));
        }

        @Override
        public boolean hasRead() {
          return false; // it has no way to
        }

        @Override
        public List<ViommuQueue.ToGuest> takeSaid() {
          return queue.take("guest", ViommuQueue.ToGuest.class);
        }

        @Override
        public int breaches() {
          return NestedQueuesTest.breaches(queue);
        }
      };
    }
  }

  @Nested
  class DirectAsWriterToTheRing extends InvalidationCpuSideContract {
    @Override
    protected Subject subject() {
      PartHarness<DirectQueue.Command> queue = direct();
      return new Subject() {
        private boolean done;

        @Override
        public void begin() {
          queue.tell(new DirectQueue.GuestSaid(submit(7, pages(8, 4))));
        }

        @Override
        public void settle() {
          queue.settle();
        }

        @Override
        public List<Invalidation.Submit> takeSubmits() {
          return queue.take("iommu", Invalidation.Submit.class);
        }

        @Override
        public void hear(Invalidation.Completed completed) {
          queue.tell(new DirectQueue.IommuAnswered(completed));
        }

        @Override
        public boolean isDone() {
          done |= !queue.take("guest", ViommuQueue.Done.class).isEmpty();
          return done;
        }

        @Override
        public int number() {
          return 1;
        }

        @Override
        public long operation() {
          return 3;
        }
      };
    }
  }

  @Nested
  class TrappedAsEmulator extends NestedDomainEmulatorSideContract {
    @Override
    protected Subject subject() {
      PartHarness<NestedViommu.Command> viommu = trapped();
      List<ViommuQueue.Done> done = new ArrayList<>();
      return new Subject() {
        @Override
        public void hear(NestedDomain.ToEmulator message) {
          viommu.tell(new NestedViommu.DomainSaid(message));
        }

        @Override
        public void guestFlushesTwoPages() {
          viommu.tell(new NestedViommu.GuestSaid(submit(7, pages(8, 1), pages(9, 1))));
        }

        @Override
        public void settle() {
          viommu.settle();
        }

        @Override
        public boolean isDone() {
          done.addAll(viommu.take("guest", ViommuQueue.Done.class));
          return !done.isEmpty();
        }

        @Override
        public List<NestedDomain.Invalidate> takeSaid() {
          return viommu.take("domain", NestedDomain.Invalidate.class);
        }

        @Override
        public int breaches() {
          return NestedQueuesTest.breaches(viommu);
        }
      };
    }
  }
}

package dev.shootdown.kernel.iommufd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.NestedDomain;
import dev.shootdown.protocol.NestedDomainDomainSideContract;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.SharedTable;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A domain in which a guest's own table stands in front of KVM's. */
class NestedDomainTest {
  private static final int SPACE = 77;
  private static final int GUEST = 5;
  private static final long FRAMES = 1L << 40;

  private static PartHarness<KvmDomain.Command> domain(
      boolean combined, NestedFlushSpec.DeviceTlb deviceTlb) {
    KvmDomainSpec spec =
        new KvmDomainSpec(
            KvmDomainSpec.Hook.DIRECT, 3, 1, 10, 20, KvmDomainSpec.OnRetry.LOOP, 500, 18,
            new NestedFlushSpec(combined, deviceTlb));
    KvmDomainLayout layout =
        new KvmDomainLayout(
            SPACE, 2, Optional.of(new KvmDomainLayout.StageOne(GUEST, 1, FRAMES)));
    return new PartHarness<>(
        new RecordingCtx<KvmDomain.Command>("domain").withPorts("emulators", 1)
            .withPorts("tables", 1),
        ctx -> KvmDomain.create(spec, layout, ctx));
  }

  private static PartHarness<KvmDomain.Command> asLinux() {
    return domain(false, NestedFlushSpec.DeviceTlb.EVERYTHING);
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(KvmDomain.Command.class, NestedDomainTest::asLinux);
  }

  private static List<Invalidation.Descriptor> whenKvmZaps(
      PartHarness<KvmDomain.Command> domain) {
    domain.tell(
        new KvmDomain.KvmSaid(
            new SharedTable.Invalidate(1, 5, new PageRange(8, 4), 0, new PageRange(108, 4))));
    domain.settle();
    return domain.take("iommu", Invalidation.Submit.class).get(0).descriptors();
  }

  @Test
  void shouldNameGuestPagesToTheIotlbAndEverythingToDevicesWhenKvmZaps() {
    assertThat(whenKvmZaps(asLinux())).containsExactly(
        new Invalidation.Iotlb(SPACE, new PageRange(8, 4)),
        new Invalidation.DeviceTlb(0, Ats.NO_PASID, PageRange.ALL),
        new Invalidation.DeviceTlb(1, Ats.NO_PASID, PageRange.ALL),
        new Invalidation.Wait(0));
  }

  @Test
  void shouldNameTheFirstStageAsWellWhenTheIommuKeepsWhatIsCombined() {
    assertThat(whenKvmZaps(domain(true, NestedFlushSpec.DeviceTlb.NOTHING))).containsExactly(
        new Invalidation.Iotlb(SPACE, new PageRange(8, 4)),
        new Invalidation.Iotlb(GUEST, PageRange.ALL),
        new Invalidation.Wait(0));
  }

  @Test
  void shouldTakeGuestPagesForIoPagesWhenItDoesntKnowBetter() {
    assertThat(whenKvmZaps(domain(false, NestedFlushSpec.DeviceTlb.GUEST_PAGES)))
        .contains(new Invalidation.DeviceTlb(1, GUEST, new PageRange(8, 4)));
  }

  @Test
  void shouldMakeIotlbAndDevicesForgetTheGuestsPagesWhenTheGuestAsksForIt() {
    PartHarness<KvmDomain.Command> domain = asLinux();
    domain.tell(
        new KvmDomain.EmulatorSaid(new NestedDomain.Invalidate(3, 9, new PageRange(4, 2))));
    domain.settle();

    assertThat(domain.take("iommu", Invalidation.Submit.class)).singleElement().satisfies(
        submit -> {
          assertThat(submit.operation()).isEqualTo(9);
          assertThat(submit.descriptors()).containsExactly(
              new Invalidation.Iotlb(GUEST, new PageRange(4, 2)),
              new Invalidation.DeviceTlb(0, GUEST, new PageRange(4, 2)),
              new Invalidation.DeviceTlb(1, GUEST, new PageRange(4, 2)),
              new Invalidation.Wait(0));
        });
  }

  @Test
  void shouldTakeTurnsWhenGuestAndKvmInvalidateAtATime() {
    PartHarness<KvmDomain.Command> domain = asLinux();
    domain.tell(new KvmDomain.EmulatorSaid(new NestedDomain.Invalidate(3, 9, PageRange.of(4))));
    assertThat(whenKvmZaps(domain)).contains(new Invalidation.Iotlb(GUEST, PageRange.of(4)));
    assertThat(domain.take("iommu", Invalidation.Submit.class)).isEmpty();
    domain.tell(new KvmDomain.IommuAnswered(new Invalidation.Completed(3, 0, 0, 0)));
    domain.settle();

    assertThat(domain.take("emulators", NestedDomain.Invalidated.class)).hasSize(1);
    assertThat(domain.take("kvm", SharedTable.Invalidated.class)).isEmpty();
    assertThat(domain.take("iommu", Invalidation.Submit.class)).hasSize(1);
  }

  private static PageWalk.Walk walkFor(PartHarness<KvmDomain.Command> domain, boolean write) {
    domain.tell(
        new KvmDomain.Requested(
            new DeviceFaults.Raised(0, 1, GUEST, 9, write, 3, true, false)));
    domain.settle();
    assertThat(domain.take("kvm", SharedTable.ToKvm.class)).as("before it knows").isEmpty();
    return domain.take("tables", PageWalk.Walk.class).get(0);
  }

  private static void answer(
      PartHarness<KvmDomain.Command> domain, PageWalk.Walk walk, long pfn, boolean writable) {
    domain.tell(
        new KvmDomain.TableAnswered(
            new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), pfn, writable, 0)));
    domain.settle();
  }

  @Test
  void shouldAskKvmForTheGuestPageWhenOnlyTheSecondStageFailed() {
    PartHarness<KvmDomain.Command> domain = asLinux();
    PageWalk.Walk walk = walkFor(domain, true);
    assertThat(walk).isEqualTo(new PageWalk.Walk(1, walk.tag(), GUEST, 9, false));
    answer(domain, walk, FRAMES + 0x30, true);

    assertThat(domain.take("kvm", SharedTable.Fault.class)).singleElement()
        .matches(fault -> fault.gfn() == 0x30 && fault.write());
  }

  @Test
  void shouldRefuseAndNotAskKvmWhenTheFirstStageFailed() {
    for (boolean mapped : List.of(false, true)) {
      PartHarness<KvmDomain.Command> domain = asLinux();
      answer(domain, walkFor(domain, true), mapped ? FRAMES + 0x30 : -1, false);

      assertThat(domain.take("kvm", SharedTable.ToKvm.class)).isEmpty();
      assertThat(domain.take("iommu", Invalidation.Submit.class)).singleElement()
          .matches(
              submit ->
                  submit.descriptors().get(0)
                      .equals(
                          new Invalidation.PageResponse(1, GUEST, 3, Ats.INVALID_REQUEST)));
    }
  }

  @Nested
  class AsDomain extends NestedDomainDomainSideContract {
    @Override
    protected Subject subject() {
      PartHarness<KvmDomain.Command> domain = asLinux();
      ArrayDeque<Invalidation.Submit> open = new ArrayDeque<>();
      return new Subject() {
        @Override
        public void hear(NestedDomain.ToDomain message) {
          domain.tell(new KvmDomain.EmulatorSaid(message));
        }

        @Override
        public void settle() {
          domain.settle();
          open.addAll(domain.take("iommu", Invalidation.Submit.class));
        }

        @Override
        public void iommuAnswers(long startedPs, long iotlbDonePs, long deviceDonePs) {
          domain.tell(
              new KvmDomain.IommuAnswered(
                  new Invalidation.Completed(
                      open.remove().ticket(), startedPs, iotlbDonePs, deviceDonePs)));
        }

        @Override
        public List<NestedDomain.Invalidated> takeSaid() {
          return domain.take("emulators", NestedDomain.Invalidated.class);
        }
      };
    }
  }
}

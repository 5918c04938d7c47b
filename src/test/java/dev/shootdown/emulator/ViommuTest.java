package dev.shootdown.emulator;

import static dev.shootdown.emulator.Specs.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.emulator.ViommuSpec.Behaviour;
import dev.shootdown.emulator.ViommuSpec.DirtyAttribution;
import dev.shootdown.emulator.ViommuSpec.Flavour;
import dev.shootdown.emulator.ViommuSpec.RangeRule;
import dev.shootdown.emulator.ViommuSpec.WholeUnmap;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier.Type;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Kind;
import dev.shootdown.protocol.ViommuQueue.Slot;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViommuTest {
  private static final Listener NIC = Listener.exact("nic0", Listener.Kind.VFIO, 0);
  private static final Listener NET = Listener.cache("net0", 0, Type.UNMAP);
  private static final Descriptor PSI = new Descriptor(Kind.PAGES, -1, PageRange.of(8));
  private static final ViommuSpec PLAIN = Specs.viommu(Flavour.INTEL, Behaviour.QEMU_10_0);

  private static PartHarness<Viommu.Command> part(ViommuSpec spec, Listener... listeners) {
    RecordingCtx<Viommu.Command> ctx =
        new RecordingCtx<Viommu.Command>("v0").withPorts("containers", 1).withPorts("backends", 2);
    ViommuLayout layout = new ViommuLayout(1000, 0x5000, List.of(listeners));
    return new PartHarness<>(ctx, c -> Viommu.create(spec, layout, c));
  }

  private static void submit(PartHarness<Viommu.Command> part, Descriptor... descriptors) {
    part.tell(new Viommu.GuestSaid(new ViommuQueue.Submit(3, 3, List.of(descriptors))));
    part.settle();
  }

  private static void read(PartHarness<Viommu.Command> part, Slot... slots) {
    ViommuQueue.Read read = part.take("memory", ViommuQueue.Read.class).get(0);
    part.tell(new Viommu.GuestSaid(
        new ViommuQueue.Contents(read.ticket(), List.of(slots), 4, part.nowPs())));
    part.settle();
  }

  private static void result(PartHarness<Viommu.Command> part, long ticket, Long... dirty) {
    part.tell(new Viommu.ContainerSaid(
        new Vfio.Result(ticket, Vfio.Status.OK, 0, List.of(dirty))));
    part.settle();
  }

  @Test
  void shouldHandleEveryCommandWhenToldOutOfTheBlue() {
    CommandAudit.check(Viommu.Command.class, () -> part(PLAIN, NIC, NET));
  }

  @Test
  void shouldWaitForEachCallWhenADescriptorConcernsTwoDevices() {
    PartHarness<Viommu.Command> part = part(PLAIN, NIC, NET);
    submit(part, PSI);
    read(part, new Slot(PageRange.of(8), 80, true));
    Vfio.MapDma map = part.take("containers", Vfio.MapDma.class).get(0);
    assertThat(map.iova()).isEqualTo(0x8000);
    assertThat(part.takeSent("backends")).isEmpty();

    result(part, map.ticket());
    VhostIotlb.Invalidate invalidate = part.take("backends", VhostIotlb.Invalidate.class).get(0);
    assertThat(part.takeSent("guest")).isEmpty();
    part.tell(new Viommu.BackendSaid(0, new VhostIotlb.Invalidated(invalidate.ticket())));

    assertThat(part.take("guest", ViommuQueue.Done.class))
        .containsExactly(new ViommuQueue.Done(3, 0, US, US));
  }

  @Test
  void shouldSayNothingButThatItDiedWhenAnAssertionFires() {
    ViommuSpec strict =
        Specs.spec(
            Flavour.INTEL, Behaviour.QEMU_10_0, RangeRule.ASSERT, WholeUnmap.ONE_EVENT, true);
    PartHarness<Viommu.Command> part = part(strict, NET);
    submit(part, new Descriptor(Kind.DOMAIN, -1, PageRange.ALL), PSI);
    submit(part, PSI);

    assertThat(part.take("guest", ViommuQueue.ToGuest.class))
        .containsExactly(new ViommuQueue.Died());
    assertThat(part.take("backends", VhostIotlb.ToBackend.class))
        .containsOnly(new VhostIotlb.Closed());
    assertThat(part.marks(MachineFact.ProtocolBreach.class)).hasSize(1).first()
        .matches(breach -> breach.rule().contains("net0"));
  }

  @Test
  void shouldKeepMissesAndInvalidationsApartWhenMissesAreUnderTheLock() {
    PartHarness<Viommu.Command> part = part(PLAIN, NET);
    part.tell(new Viommu.BackendSaid(0, new VhostIotlb.Miss(8, true)));
    submit(part, PSI);
    read(part, new Slot(PageRange.of(8), 80, true));

    assertThat(part.take("backends", VhostIotlb.ToBackend.class)).hasSize(2)
        .first().isEqualTo(new VhostIotlb.Update(8, 80, true, 0));
  }

  @Test
  void shouldSendTheInvalidationFirstWhenAMissIsSlowBesideTheLock() {
    ViommuSpec beside =
        Specs.spec(
            Flavour.INTEL, Behaviour.QEMU_10_0, RangeRule.AS_SHIPPED, WholeUnmap.ONE_EVENT, false);
    PartHarness<Viommu.Command> part = part(beside, NET);
    part.tell(new Viommu.BackendSaid(0, new VhostIotlb.Miss(8, true)));
    ViommuQueue.Read read = part.take("memory", ViommuQueue.Read.class).get(0);
    part.tell(new Viommu.GuestSaid(new ViommuQueue.Contents(
        read.ticket(), List.of(new Slot(PageRange.of(8), 80, true)), 4, 0)));
    submit(part, PSI);

    assertThat(part.take("backends", VhostIotlb.ToBackend.class)).hasSize(2)
        .last().isEqualTo(new VhostIotlb.Update(8, 80, true, 0));
  }

  @Test
  void shouldTellThatNothingIsThereWhenAMissFindsNothing() {
    PartHarness<Viommu.Command> part = part(PLAIN, NET);
    part.tell(new Viommu.BackendSaid(0, new VhostIotlb.Miss(8, true)));
    read(part, new Slot(new PageRange(0, 512), -1, false));

    assertThat(part.take("backends", VhostIotlb.ToBackend.class))
        .containsExactly(new VhostIotlb.Unmapped(8));
  }

  @Test
  void shouldStateABreachWhenAnAnswerWasNotAskedFor() {
    PartHarness<Viommu.Command> part = part(PLAIN, NIC);
    result(part, 77);

    assertThat(part.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }

  private static List<MachineFact.DirtyHarvested> migrate(
      PartHarness<Viommu.Command> part) {
    part.tell(new Viommu.GuestSaid(new ViommuQueue.Submit(3, 3, List.of(PSI))));
    part.runUntil(2 * US);
    ViommuQueue.Read read = part.take("memory", ViommuQueue.Read.class).get(0);
    part.tell(new Viommu.GuestSaid(new ViommuQueue.Contents(
        read.ticket(), List.of(new Slot(PageRange.of(8), 80, true)), 4, 0)));
    long map = part.take("containers", Vfio.MapDma.class).get(0).ticket();
    part.tell(new Viommu.ContainerSaid(new Vfio.Result(map, Vfio.Status.OK, 0, List.of())));
    part.settle();
    result(part, part.take("containers", Vfio.TrackDirty.class).get(0).ticket());
    assertThat(part.marks(MachineFact.FramesCleaned.class)).hasSize(1).first()
        .matches(cleaned -> cleaned.pfns().equals(List.of(80L)));
    submit(part, PSI);
    read(part, new Slot(PageRange.of(8), -1, false));
    Vfio.UnmapDma unmap = part.take("containers", Vfio.UnmapDma.class).get(0);
    assertThat(unmap.bitmap()).isTrue();
    result(part, unmap.ticket(), 8L);
    return part.marks(MachineFact.DirtyHarvested.class);
  }

  @Test
  void shouldKeepDirtyBitsWithPageZeroWhenTheyGoByTheEvent() {
    PartHarness<Viommu.Command> part = part(Specs.migrating(DirtyAttribution.EVENT), NIC);

    assertThat(migrate(part).get(0).pfns()).containsExactly(0x5000L);
    assertThat(part.marks(MachineFact.ProtocolBreach.class)).hasSize(1);
  }

  @Test
  void shouldKeepDirtyBitsWithTheFrameWhenTheyGoByTheMapping() {
    PartHarness<Viommu.Command> part = part(Specs.migrating(DirtyAttribution.MAPPING), NIC);

    assertThat(migrate(part).get(0).pfns()).containsExactly(80L);
    assertThat(part.marks(MachineFact.ProtocolBreach.class)).isEmpty();
  }
}

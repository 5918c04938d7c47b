package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.emulator.ViommuSpec.Behaviour;
import dev.shootdown.emulator.ViommuSpec.Flavour;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Type;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Kind;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of what 7.2 and 10.0 do (hw/i386/intel_iommu.c), and SMMUv3 (hw/arm/smmuv3.c). */
class SyncTest {
  private static final Listener EXACT = Listener.exact("nic0", Listener.Kind.VFIO, 0);
  private static final Listener CACHE = Listener.cache("net0", 0, Type.UNMAP);
  private static final Listener TLB = Listener.cache("net0", 0, Type.DEVIOTLB_UNMAP);
  private static final PageRange PAGES = new PageRange(8, 4);

  private static Sync sync(Behaviour behaviour, Listener listener) {
    return new Sync(Specs.viommu(Flavour.INTEL, behaviour), listener);
  }

  private static Descriptor descriptor(Kind kind) {
    boolean ranged = kind == Kind.PAGES || kind == Kind.PASID_PAGES;
    int device = kind == Kind.DEVICE_TLB ? 0 : -1;
    return new Descriptor(kind, device, ranged ? PAGES : PageRange.ALL);
  }

  private static int calls(Sync sync, Kind kind) throws Region.Assertion {
    return sync.calls(descriptor(kind), 0).size();
  }

  private static boolean walks(Sync sync, Kind kind) {
    return sync.walk(descriptor(kind)).isPresent();
  }

  @Test
  void shouldWalkForWhoKeepsACopyWhenPagesOrADomainAreInvalidated() throws Region.Assertion {
    for (Behaviour behaviour : Behaviour.values()) {
      Sync sync = sync(behaviour, EXACT);

      assertThat(sync.walk(descriptor(Kind.PAGES))).contains(PAGES);
      assertThat(sync.walk(descriptor(Kind.DOMAIN))).contains(new PageRange(0, 1L << 36));
      assertThat(walks(sync, Kind.GLOBAL)).isTrue();
      assertThat(calls(sync, Kind.PAGES)).isZero();
      assertThat(calls(sync, Kind.DOMAIN)).isZero();
      assertThat(walks(sync, Kind.PASID_PAGES)).as("nested instead").isFalse();
    }
  }

  @Test
  void shouldWalkInVainForACacheWhenADomainIsInvalidatedIn72() throws Region.Assertion {
    Sync sync = sync(Behaviour.QEMU_7_2, CACHE);

    assertThat(calls(sync, Kind.DOMAIN)).isZero();
    assertThat(walks(sync, Kind.DOMAIN)).isTrue();
    assertThat(sync.found(List.of(new Slot(PAGES, -1, false))))
        .as("mapped and unmapped between two walks").isEmpty();
    assertThat(calls(sync, Kind.PAGES)).isEqualTo(1);
  }

  @Test
  void shouldForgetEverythingForACacheWhenADomainIsInvalidatedIn10() throws Region.Assertion {
    Sync sync = sync(Behaviour.QEMU_10_0, CACHE);

    assertThat(walks(sync, Kind.DOMAIN)).isFalse();
    assertThat(calls(sync, Kind.DOMAIN)).as("one for each notifier").isEqualTo(2);
    assertThat(calls(sync, Kind.GLOBAL)).isEqualTo(2);
  }

  @Test
  void shouldIgnorePasidsIn72AndHearThemIn10() throws Region.Assertion {
    assertThat(calls(sync(Behaviour.QEMU_7_2, CACHE), Kind.PASID)).isZero();
    assertThat(calls(sync(Behaviour.QEMU_7_2, CACHE), Kind.PASID_PAGES)).isZero();
    assertThat(calls(sync(Behaviour.QEMU_10_0, CACHE), Kind.PASID)).isEqualTo(2);
    assertThat(calls(sync(Behaviour.QEMU_10_0, CACHE), Kind.PASID_PAGES)).isEqualTo(1);
  }

  @Test
  void shouldHearDeviceTlbsOnlyWhenThatIsWhatItAskedFor() throws Region.Assertion {
    for (Behaviour behaviour : Behaviour.values()) {
      Sync sync = sync(behaviour, TLB);
      assertThat(calls(sync, Kind.DEVICE_TLB)).isEqualTo(2);
      assertThat(calls(sync, Kind.PAGES)).isZero();
      assertThat(calls(sync, Kind.DOMAIN)).isZero();
      assertThat(walks(sync, Kind.DOMAIN)).isFalse();
      assertThat(sync.calls(descriptor(Kind.DEVICE_TLB), 1)).as("another's").isEmpty();
    }
  }

  @Test
  void shouldUnmapTheWholeRangeWhenAnSmmuInvalidatesAnAddressSpace() throws Region.Assertion {
    Sync sync = new Sync(Specs.viommu(Flavour.SMMUV3, Behaviour.QEMU_7_2), CACHE);

    assertThat(sync.calls(descriptor(Kind.DOMAIN), 0)).extracting(Notice::span)
        .containsExactly(new Span(0, (1L << 48) - 1));
    assertThat(sync.calls(descriptor(Kind.PAGES), 0)).extracting(Notice::span)
        .containsExactly(new Span(0x8000, 0xbfff));
    assertThat(calls(sync, Kind.DEVICE_TLB)).as("ATC_INV is ignored").isZero();
  }

  @Test
  void shouldTellOnceAndUnmapBeforeMappingAnewWhenAWalkFindsSomething() {
    Sync sync = sync(Behaviour.QEMU_10_0, EXACT);
    Slot slot = new Slot(PageRange.of(8), 80, true);

    assertThat(sync.found(List.of(slot))).extracting(Notice::type).containsExactly(Type.MAP);
    assertThat(sync.found(List.of(slot))).as("the same").isEmpty();
    assertThat(sync.found(List.of(new Slot(PageRange.of(8), 81, true))))
        .extracting(Notice::type).containsExactly(Type.UNMAP, Type.MAP);
    assertThat(sync.found(List.of(new Slot(new PageRange(0, 512), -1, false))))
        .extracting(Notice::span).as("the whole slot").containsExactly(new Span(0, 0x1fffff));
    assertThat(sync.told()).isEmpty();
  }

  @Test
  void shouldBelieveThatAllIsGoneWhenPartOfALargeMappingIsAbsent() {
    Sync sync = sync(Behaviour.QEMU_10_0, EXACT);
    sync.found(List.of(new Slot(new PageRange(512, 512), 1024, true)));

    assertThat(sync.found(List.of(new Slot(PageRange.of(513), -1, false))))
        .extracting(Notice::span).containsExactly(new Span(0x201000, 0x201fff));
    assertThat(sync.told()).isEmpty();
  }
}

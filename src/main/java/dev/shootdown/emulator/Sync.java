package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the emulator does for one device when the guest invalidates.
 *
 * <ol>
 *   <li>For a listener that keeps a copy it walks the guest's table over the range, and compares
 *       what it finds with what it told before: new leaves become MAP events, absent slots UNMAP
 *       events over the whole slot, and what it told already nothing. A changed leaf is unmapped
 *       and mapped again, with nothing there in between.
 *   <li>For a listener that caches it passes the range on.
 *   <li>For a domain or everything, 7.2 walks for both kinds, if they listen to IOTLB events at
 *       all; so one that caches hears only of what a walk had found before. 10.0 tells it to forget
 *       everything.
 * </ol>
 *
 * <p>Source: QEMU 7.2 and 10.0, hw/i386/intel_iommu.c (vtd_page_walk_one,
 * vtd_iotlb_domain_invalidate, vtd_iotlb_page_invalidate_notify), hw/arm/smmuv3.c.
 */
final class Sync {
  private static final Span EVERYTHING = Span.ALL;

  private final ViommuSpec spec;
  private final Listener listener;
  private final Region region;
  private final IovaTree tree = new IovaTree();

  Sync(ViommuSpec spec, Listener listener) {
    this.spec = spec;
    this.listener = listener;
    this.region = new Region(spec, listener);
  }

  Listener listener() {
    return listener;
  }

  Region region() {
    return region;
  }

  /** What the emulator believes to have told the listener. */
  Collection<Slot> told() {
    return tree.all();
  }

  /** The pages that must be walked for {@code descriptor}; empty if nothing is walked. */
  Optional<PageRange> walk(Descriptor descriptor) {
    PageRange all = new PageRange(0, 1L << (spec.addressBits() - 12));
    if (isArm()) {
      return Optional.empty();
    }
    boolean old = spec.behaviour() == ViommuSpec.Behaviour.QEMU_7_2;
    return switch (descriptor.kind()) {
      case PAGES -> listener.isExact() ? Optional.of(descriptor.pages()) : Optional.empty();
      case DOMAIN, GLOBAL -> listener.isExact() || old && listener.hearsIotlb()
          ? Optional.of(all)
          : Optional.empty();
      case PASID, PASID_PAGES, DEVICE_TLB -> Optional.empty();
    };
  }

  /**
   * What is told before any walk, or without one: events that still have to be delivered, or calls
   * that have been cut to the notifiers already.
   *
   * @param device this device's number
   * @throws Region.Assertion if the emulator aborts
   */
  List<Notice> calls(Descriptor descriptor, int device) throws Region.Assertion {
    boolean old = spec.behaviour() == ViommuSpec.Behaviour.QEMU_7_2;
    return switch (descriptor.kind()) {
      case PAGES -> listener.isExact() ? List.of() : range(descriptor.pages());
      case DOMAIN, GLOBAL -> domain(old);
      case PASID_PAGES -> old || isArm() || listener.isExact()
          ? List.of()
          : range(descriptor.pages());
      case PASID -> old || isArm() || listener.isExact() ? List.of() : everything();
      case DEVICE_TLB -> isArm() || !spec.deviceTlb() || descriptor.device() != device
          ? List.of()
          : region.deliver(Notice.deviceTlb(Spans.of(descriptor.pages())));
    };
  }

  private boolean isArm() {
    return spec.flavour() == ViommuSpec.Flavour.SMMUV3;
  }

  private List<Notice> range(PageRange pages) throws Region.Assertion {
    return region.deliver(Notice.unmap(Spans.of(pages), List.of()));
  }

  private List<Notice> domain(boolean old) throws Region.Assertion {
    if (isArm()) {
      return everything();
    }
    boolean whole = spec.rangeRule() == ViommuSpec.RangeRule.WHOLE_NOTIFIER;
    if (whole && listener.hearsIotlb()) {
      return everything();
    }
    return listener.isExact() || old ? List.of() : everything();
  }

  /** Unmaps all: as one event that has to fit by the rule, or notifier by notifier. */
  private List<Notice> everything() throws Region.Assertion {
    List<Slot> gone = tree.remove(PageRange.ALL);
    return switch (spec.rangeRule()) {
      case CROP, ASSERT -> region.deliver(Notice.unmap(EVERYTHING, gone));
      case AS_SHIPPED, WHOLE_NOTIFIER -> region.wholeRange(gone);
    };
  }

  /** Compares what a walk found with what was told; the events that make up for it. */
  List<Notice> found(List<Slot> slots) {
    List<Notice> notices = new ArrayList<>();
    for (Slot slot : slots) {
      Optional<Slot> told = tree.find(slot.range());
      if (slot.isPresent()) {
        if (told.filter(slot::equals).isPresent()) {
          continue;
        }
        if (told.isPresent()) {
          List<Slot> gone = tree.remove(slot.range());
          notices.add(Notice.unmap(Spans.of(slot.range()), gone));
        }
        tree.insert(slot);
        notices.add(Notice.map(slot));
      } else if (told.isPresent()) {
        List<Slot> gone = tree.remove(slot.range());
        notices.add(Notice.unmap(Spans.of(slot.range()), gone));
      }
    }
    return notices;
  }
}

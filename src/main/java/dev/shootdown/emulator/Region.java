package dev.shootdown.emulator;

import dev.shootdown.protocol.ViommuNotifier.Span;
import dev.shootdown.protocol.ViommuNotifier.Type;
import dev.shootdown.protocol.ViommuQueue.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * One device's IOMMU region with its notifiers, and the rule by which events reach them.
 *
 * <p>QEMU's VT-d region has 2<sup>64</sup> − 1 bytes, and the interrupt window overlaps it, so each
 * listener has two notifiers. The range check comes before the question whether a notifier wants
 * that type of event; so an event can abort at one that never asked for it. (QEMU 7.2 and 10.0,
 * memory_region_notify_iommu_one; commit 03c7140c1a03 for the history.)
 */
final class Region {
  private static final long WINDOW_FIRST = 0xfee00000L;
  private static final long WINDOW_END = 0xfef00000L;

  /** The region ends one byte before the address space does. */
  private static final long LAST = -2;

  /** An assertion of the emulator fired. */
  static final class Assertion extends Exception {
    private static final long serialVersionUID = 1L;

    Assertion(String message) {
      super(message, null, false, false);
    }
  }

  private final ViommuSpec spec;
  private final Listener listener;
  private final List<Span> notifiers = new ArrayList<>();

  Region(ViommuSpec spec, Listener listener) {
    this.spec = spec;
    this.listener = listener;
    boolean intel = spec.flavour() == ViommuSpec.Flavour.INTEL;
    long last = intel ? LAST : (1L << spec.addressBits()) - 1;
    if (intel && spec.interruptWindow()) {
      notifiers.add(new Span(0, WINDOW_FIRST - 1));
      notifiers.add(new Span(WINDOW_END, last));
    } else {
      notifiers.add(new Span(0, last));
    }
  }

  /**
   * What the listener is called with for {@code notice}: nothing, or one call per notifier.
   *
   * @throws Assertion if the rule says so
   */
  List<Notice> deliver(Notice notice) throws Assertion {
    List<Notice> calls = new ArrayList<>();
    for (Span notifier : notifiers) {
      if (!notifier.overlaps(notice.span())) {
        continue;
      }
      if (notifier.contains(notice.span())) {
        add(calls, notice);
      } else if (asserts()) {
        throw new Assertion(message(notifier, notice));
      } else if (spec.rangeRule() == ViommuSpec.RangeRule.WHOLE_NOTIFIER) {
        if (listener.types().contains(notice.type())) {
          calls.addAll(whole(notice.over(notifier)));
        }
      } else {
        add(calls, notice.over(notice.span().cut(notifier)));
      }
    }
    return calls;
  }

  /** Unmaps over all notifiers, each handed to its own and so never too large for it. */
  List<Notice> wholeRange(List<Slot> gone) {
    List<Notice> calls = new ArrayList<>();
    if (listener.types().contains(Type.UNMAP)) {
      for (Span notifier : notifiers) {
        calls.addAll(whole(Notice.unmap(notifier, gone)));
      }
    }
    return calls;
  }

  private List<Notice> whole(Notice exact) {
    return switch (spec.wholeUnmap()) {
      case ONE_EVENT -> List.of(exact);
      case FLAG_ALL -> List.of(exact.overAll());
      case CHUNKS -> Spans.chunks(exact.span(), spec.addressBits()).stream()
          .map(exact::over).toList();
    };
  }

  private void add(List<Notice> calls, Notice notice) {
    if (listener.types().contains(notice.type())) {
      calls.add(notice);
    }
  }

  private boolean asserts() {
    return switch (spec.rangeRule()) {
      case ASSERT -> true;
      case AS_SHIPPED -> !listener.types().contains(Type.DEVIOTLB_UNMAP);
      case CROP, WHOLE_NOTIFIER -> false;
    };
  }

  private String message(Span notifier, Notice notice) {
    return String.format(
        "assertion in QEMU: event %s %s is not inside the notifier %s of %s, which listens to %s",
        notice.type(), notice.span(), notifier, listener.name(), listener.types());
  }
}

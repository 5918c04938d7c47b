package dev.shootdown.protocol;

/**
 * What QEMU's memory core tells those who listen to an IOMMU region ({@code IOMMUNotifier}, {@code
 * memory_region_notify_iommu_one}).
 *
 * <ol>
 *   <li>A listener registers for a span of addresses and for kinds of events.
 *   <li>The emulator calls it for each event that is delivered, and goes on when it has returned.
 *   <li>A listener may be told to forget more than it ever learnt of. Who keeps a copy of the whole
 *       table (MAP and UNMAP) has to be told exactly.
 * </ol>
 *
 * <p>Source: QEMU 7.2 and 10.0, include/exec/memory.h.
 */
public sealed interface ViommuNotifier {
  /** Said by the emulator. */
  sealed interface ToListener extends ViommuNotifier {
    /** Calls the handler of this message. */
    void deliverTo(ListenerSide side);
  }

  /** Said by a listener. */
  sealed interface ToEmulator extends ViommuNotifier {
    /** Calls the handler of this message. */
    void deliverTo(EmulatorSide side);
  }

  /** Kinds of events. */
  enum Type {
    /** Translations went away, or may have. */
    UNMAP,
    /** A translation is there. */
    MAP,
    /** The guest flushed a device's own cache. */
    DEVIOTLB_UNMAP
  }

  /**
   * A span of addresses, both ends included, as unsigned 64-bit numbers.
   *
   * @param first address of the first byte
   * @param last address of the last byte
   */
  record Span(long first, long last) {
    /** Every address there is: 0 to 2<sup>64</sup> − 1. */
    public static final Span ALL = new Span(0, -1);

    /** Whether all of {@code other} lies inside. */
    public boolean contains(Span other) {
      return Long.compareUnsigned(first, other.first) <= 0
          && Long.compareUnsigned(other.last, last) <= 0;
    }

    /** Whether the two share an address. */
    public boolean overlaps(Span other) {
      return Long.compareUnsigned(first, other.last) <= 0
          && Long.compareUnsigned(other.first, last) <= 0;
    }

    /** What the two share; they {@linkplain #overlaps overlap}. */
    public Span cut(Span other) {
      return new Span(
          Long.compareUnsigned(first, other.first) >= 0 ? first : other.first,
          Long.compareUnsigned(last, other.last) <= 0 ? last : other.last);
    }

    /** How many bytes, as an unsigned number; 0 for all 2<sup>64</sup>, which doesn't fit. */
    public long sizeBytes() {
      return last - first + 1;
    }

    /** As hexadecimal addresses in brackets. */
    @Override
    public String toString() {
      return "[0x" + Long.toHexString(first) + ", 0x" + Long.toHexString(last) + "]";
    }
  }

  /**
   * One event, called until {@link Taken} comes back.
   *
   * @param pfn frame of the first page for {@link Type#MAP}; meaningless for the others
   */
  record Event(long ticket, Type type, Span span, long pfn, boolean writable)
      implements ToListener {
    @Override
    public void deliverTo(ListenerSide side) {
      side.on(this);
    }
  }

  /** The emulator's process ends, and the listener's part in it. */
  record Closed() implements ToListener {
    @Override
    public void deliverTo(ListenerSide side) {
      side.on(this);
    }
  }

  /** The event under {@code ticket} has been dealt with. */
  record Taken(long ticket) implements ToEmulator {
    @Override
    public void deliverTo(EmulatorSide side) {
      side.on(this);
    }
  }

  /** What a listener listens to. */
  interface ListenerSide {
    /** An event was delivered. */
    void on(Event event);

    /** There will be no more. */
    void on(Closed closed);
  }

  /** What the emulator listens to. */
  interface EmulatorSide {
    /** A listener has returned. */
    void on(Taken taken);
  }
}

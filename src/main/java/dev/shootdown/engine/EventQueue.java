package dev.shootdown.engine;

import java.util.Arrays;

/**
 * The pending events of one partition, least key first.
 *
 * <p>A ring of buckets, each a slice of {@code 2^widthBits} ps. An event is put at the end of its
 * bucket, in constant time and without touching other events; a bucket is put in order only when it
 * is opened. What arrives for the open bucket goes to a small heap beside it, what lies beyond the
 * ring to an overflow heap, and the least of all is handed out, so the order is exact. A bitmap
 * finds the next bucket that holds anything.
 *
 * <p>Where hundreds of thousands of events are pending, none of them is in the processor's cache.
 * That is why a bucket is a chain of small blocks of plain numbers rather than a list of objects,
 * and why it holds many of them: opening it reads its events independently of each other, so that
 * the processor fetches several at once. Width and size of the ring follow the load; they
 * change speed, never the order (tested against a sorted list, with every change of shape).
 */
final class EventQueue extends Apart {
  private static final int SMALLEST_RING = 64;
  private static final int LARGEST_RING = 1 << 14;
  private static final int SMALLEST_GOAL = 4;
  private static final int LARGEST_GOAL = 256;

  private static final int ENOUGH_POLLS = 256;

  /** Buckets in the ring for each that the pending events fill on average: room for a tail. */
  private static final int TAIL = 16;

  private EventBlocks blocks = new EventBlocks();
  private int[] ring = newRing(SMALLEST_RING);
  private long[] filled = new long[SMALLEST_RING >>> 6];
  private int ringMask = SMALLEST_RING - 1;
  private int widthBits = 12;

  /** Number of the open bucket: all events of earlier buckets have been handed out. */
  private long openBucket;

  /** The open bucket's places in {@link #blocks}, in order. */
  private final EventOrder open = new EventOrder();

  private int openChain = EventBlocks.NONE;

  private final EventHeap late = new EventHeap();
  private final EventHeap beyond = new EventHeap();
  private int inRing;

  /** What was handed out last: one object for all. */
  private final Event current = new Event();

  /** Events added and handed out since the shape was last looked at, and of these handed out. */
  private long changes;

  private long polls;
  private long shapeTimePs;
  private long lastTimePs;

  private static int[] newRing(int buckets) {
    int[] chains = new int[buckets];
    Arrays.fill(chains, EventBlocks.NONE);
    return chains;
  }

  int size() {
    return inRing + open.left() + late.size() + beyond.size();
  }

  void add(Event event) {
    changes++;
    long bucket = event.timePs >> widthBits;
    long ahead = bucket - openBucket;
    if (ahead <= 0) {
      late.add(event);
    } else if (ahead <= ringMask) {
      putInRing(event, bucket);
    } else {
      beyond.add(event);
    }
  }

  private void putInRing(Event event, long bucket) {
    int slot = (int) bucket & ringMask;
    int chain = ring[slot];
    int grown = blocks.add(chain, event);
    ring[slot] = grown;
    if (chain == EventBlocks.NONE) {
      filled[slot >>> 6] |= 1L << slot;
    }
    inRing++;
  }

  /** The time of the least event, or {@code Long.MAX_VALUE} if there is none. */
  long nextTimePs() {
    if (open.isEmpty() && late.isEmpty() && !openNext()) {
      return Long.MAX_VALUE;
    }
    long timePs = late.isEmpty() ? Long.MAX_VALUE : late.peek().timePs;
    return open.isEmpty() ? timePs : Math.min(timePs, blocks.timePs(open.place()));
  }

  /**
   * Removes and returns the least event if its time is below {@code beforePs}, else null. It is to
   * be read before the next call.
   */
  Event pollBefore(long beforePs) {
    if (open.isEmpty() && late.isEmpty() && !openNext()) {
      return null;
    }
    boolean fromLate =
        !late.isEmpty() && (open.isEmpty() || blocks.isBefore(late.peek(), open.place()));
    long timePs = fromLate ? late.peek().timePs : blocks.timePs(open.place());
    if (timePs >= beforePs) {
      return null;
    }
    if (fromLate) {
      late.poll(current);
    } else {
      blocks.take(open.place(), current);
      open.skip();
    }
    lastTimePs = timePs;
    changes++;
    polls++;
    return current;
  }

  /** How many events of the open bucket are still to come. */
  int openLeft() {
    return open.left();
  }

  /** The receiver of the open bucket's event {@code behind} its least one, below openLeft(). */
  int receiverAhead(int behind) {
    return (int) (blocks.route(open.place(behind)) >>> 32);
  }

  private boolean openNext() {
    if (openChain != EventBlocks.NONE) {
      blocks.free(openChain);
      openChain = EventBlocks.NONE;
    }
    if (changes >= Math.max(1024, inRing + beyond.size())) {
      adapt();
    }
    if (inRing == 0 && beyond.isEmpty()) {
      return false;
    }
    long bucket = nextFilledBucket();
    if (!beyond.isEmpty()) {
      bucket = Math.min(bucket, beyond.peek().timePs >> widthBits);
    }
    // One bucket back, so that what the overflow heap holds for this one lands in the ring.
    openBucket = bucket - 1;
    while (!beyond.isEmpty() && (beyond.peek().timePs >> widthBits) - openBucket <= ringMask) {
      beyond.poll(current);
      putInRing(current, current.timePs >> widthBits);
    }
    openBucket = bucket;
    int slot = (int) bucket & ringMask;
    openChain = ring[slot];
    ring[slot] = EventBlocks.NONE;
    filled[slot >>> 6] &= ~(1L << slot);
    inRing -= open.fill(blocks, openChain, bucket << widthBits, widthBits);
    return true;
  }

  private long nextFilledBucket() {
    if (inRing == 0) {
      return Long.MAX_VALUE;
    }
    long from = openBucket + 1;
    int slot = (int) from & ringMask;
    int word = slot >>> 6;
    long bits = filled[word] & (-1L << slot);
    int words = filled.length;
    while (bits == 0) {
      word = word + 1 == words ? 0 : word + 1;
      bits = filled[word];
    }
    int found = (word << 6) + Long.numberOfTrailingZeros(bits);
    return from + ((found - slot) & ringMask);
  }

  /** Fits bucket width and ring size to what was seen since the last fit. Only between buckets. */
  private void adapt() {
    int pending = inRing + beyond.size();
    int goal = (int) Math.sqrt(pending) / 2;
    goal = Math.max(SMALLEST_GOAL, Math.min(LARGEST_GOAL, goal));
    long goalPs = (long) (perEventPs(pending) * goal);
    int wantedWidth = 63 - Long.numberOfLeadingZeros(Math.max(1, goalPs));
    int wantedRing = SMALLEST_RING;
    while (wantedRing < LARGEST_RING && wantedRing < (long) TAIL * pending / goal) {
      wantedRing <<= 1;
    }
    boolean sameRing = wantedRing == ring.length || wantedRing * 2 == ring.length;
    if (Math.abs(wantedWidth - widthBits) > 1 || !sameRing) {
      reshape(wantedWidth, wantedRing);
    }
    changes = 0;
    polls = 0;
    shapeTimePs = lastTimePs;
  }

  /**
   * Time between events: as seen, or where little was seen, as half of the waiting ones have it.
   */
  private double perEventPs(int pending) {
    if (polls < ENOUGH_POLLS && beyond.size() > inRing) {
      return (double) (beyond.medianTimePs() - lastTimePs) / pending;
    }
    return (double) (lastTimePs - shapeTimePs) / Math.max(1, polls);
  }

  private void reshape(int newWidthBits, int newRing) {
    EventBlocks oldBlocks = blocks;
    int[] oldRing = ring;
    Event[] oldBeyond = beyond.drain();
    inRing = 0;
    blocks = new EventBlocks();
    ring = newRing(newRing);
    filled = new long[newRing >>> 6];
    ringMask = newRing - 1;
    // Everything before lastTimePs has been handed out, so no pending event is in an earlier
    // bucket.
    widthBits = newWidthBits;
    openBucket = (lastTimePs >> newWidthBits) - 1;
    for (int chain : oldRing) {
      oldBlocks.forEach(chain, this::add);
    }
    for (Event event : oldBeyond) {
      add(event);
    }
  }

  /** Forgets everything. */
  void clear() {
    blocks = new EventBlocks();
    Arrays.fill(ring, EventBlocks.NONE);
    Arrays.fill(filled, 0);
    open.clear();
    late.drain();
    beyond.drain();
    openChain = EventBlocks.NONE;
    inRing = 0;
    openBucket = -1;
    changes = 0;
    polls = 0;
    shapeTimePs = 0;
    lastTimePs = 0;
  }
}

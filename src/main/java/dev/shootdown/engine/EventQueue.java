package dev.shootdown.engine;

import java.util.Arrays;

/**
 * The pending events of one partition, least key first.
 *
 * <p>A ring of buckets, each a slice of {@code 2^widthBits} ps. An event is put in front of its
 * bucket's list, in constant time and without touching other events; a bucket is put in order only
 * when it is opened, when it holds a handful that fit the cache. What arrives for the open bucket
 * goes to a small heap beside it, what lies beyond the ring to an overflow heap, and the least of all
 * is handed out, so the order is exact. A bitmap finds the next bucket that holds anything.
 *
 * <p>Bucket width and ring size follow the load: about {@value #GOAL_PER_BUCKET} events per bucket,
 * twice as many buckets as pending events. They change speed, never the order (tested against a
 * sorted list, with every change of shape).
 */
final class EventQueue {
  private static final int GOAL_PER_BUCKET = 4;
  private static final int SMALLEST_RING = 64;
  private static final int LARGEST_RING = 1 << 17;
  private static final int SORT_BY_INSERTION = 24;

  private Event[] ring = new Event[SMALLEST_RING];
  private long[] filled = new long[SMALLEST_RING >>> 6];
  private int ringMask = SMALLEST_RING - 1;
  private int widthBits = 12;

  /** Number of the open bucket: all events of earlier buckets have been handed out. */
  private long openBucket;

  private Event[] open = new Event[64];
  private int openFrom;
  private int openTo;

  private final EventHeap late = new EventHeap();
  private final EventHeap beyond = new EventHeap();
  private int inRing;

  private long pollsSinceShape;
  private long shapeTimePs;
  private long lastTimePs;

  int size() {
    return inRing + (openTo - openFrom) + late.size() + beyond.size();
  }

  void add(Event event) {
    long bucket = event.timePs >> widthBits;
    if (bucket <= openBucket) {
      late.add(event);
    } else if (bucket - openBucket <= ringMask) {
      putInRing(event, bucket);
    } else {
      beyond.add(event);
    }
  }

  private void putInRing(Event event, long bucket) {
    int slot = (int) bucket & ringMask;
    event.next = ring[slot];
    ring[slot] = event;
    filled[slot >>> 6] |= 1L << slot;
    inRing++;
  }

  /** The time of the least event, or {@code Long.MAX_VALUE} if there is none. */
  long nextTimePs() {
    Event least = least();
    return least == null ? Long.MAX_VALUE : least.timePs;
  }

  /** Removes and returns the least event if its time is below {@code beforePs}, else null. */
  Event pollBefore(long beforePs) {
    Event least = least();
    if (least == null || least.timePs >= beforePs) {
      return null;
    }
    if (openFrom < openTo && open[openFrom] == least) {
      open[openFrom++] = null;
    } else {
      late.poll();
    }
    lastTimePs = least.timePs;
    pollsSinceShape++;
    return least;
  }

  private Event least() {
    if (openFrom == openTo && late.isEmpty() && !openNext()) {
      return null;
    }
    Event fromLate = late.peek();
    if (openFrom == openTo) {
      return fromLate;
    }
    Event fromOpen = open[openFrom];
    return fromLate != null && fromLate.isBefore(fromOpen) ? fromLate : fromOpen;
  }

  private boolean openNext() {
    if (pollsSinceShape >= Math.max(1024, 2L * (inRing + beyond.size()))) {
      adapt();
    }
    if (inRing == 0 && beyond.isEmpty()) {
      return false;
    }
    long bucket = nextFilledBucket();
    if (!beyond.isEmpty()) {
      bucket = Math.min(bucket, beyond.peek().timePs >> widthBits);
    }
    openBucket = bucket;
    openFrom = 0;
    openTo = 0;
    takeRing(bucket);
    while (!beyond.isEmpty()) {
      long later = beyond.peek().timePs >> widthBits;
      if (later == bucket) {
        append(beyond.poll());
      } else if (later - bucket <= ringMask) {
        putInRing(beyond.poll(), later);
      } else {
        break;
      }
    }
    sortOpen();
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

  private void takeRing(long bucket) {
    int slot = (int) bucket & ringMask;
    Event event = ring[slot];
    if (event == null || event.timePs >> widthBits != bucket) {
      return;
    }
    ring[slot] = null;
    filled[slot >>> 6] &= ~(1L << slot);
    while (event != null) {
      Event next = event.next;
      event.next = null;
      append(event);
      inRing--;
      event = next;
    }
  }

  private void append(Event event) {
    if (openTo == open.length) {
      open = Arrays.copyOf(open, openTo * 2);
    }
    open[openTo++] = event;
  }

  private void sortOpen() {
    if (openTo > SORT_BY_INSERTION) {
      Arrays.sort(open, 0, openTo, Event::compare);
      return;
    }
    for (int i = 1; i < openTo; i++) {
      Event moved = open[i];
      int at = i;
      while (at > 0 && moved.isBefore(open[at - 1])) {
        open[at] = open[at - 1];
        at--;
      }
      open[at] = moved;
    }
  }

  /** Fits bucket width and ring size to what was seen since the last fit. Only between buckets. */
  private void adapt() {
    long goalPs = (long) ((double) (lastTimePs - shapeTimePs) / pollsSinceShape * GOAL_PER_BUCKET);
    int pending = inRing + beyond.size();
    int wantedWidth = 63 - Long.numberOfLeadingZeros(Math.max(1, goalPs));
    int wantedRing = SMALLEST_RING;
    while (wantedRing < LARGEST_RING && wantedRing < pending) {
      wantedRing <<= 1;
    }
    pollsSinceShape = 0;
    shapeTimePs = lastTimePs;
    boolean sameRing = wantedRing == ring.length || wantedRing * 2 == ring.length;
    if (Math.abs(wantedWidth - widthBits) > 1 || !sameRing) {
      reshape(wantedWidth, wantedRing);
    }
  }

  private void reshape(int newWidthBits, int newRing) {
    Event all = null;
    for (Event head : ring) {
      while (head != null) {
        Event next = head.next;
        head.next = all;
        all = head;
        head = next;
      }
    }
    while (!beyond.isEmpty()) {
      Event event = beyond.poll();
      event.next = all;
      all = event;
    }
    inRing = 0;
    ring = new Event[newRing];
    filled = new long[newRing >>> 6];
    ringMask = newRing - 1;
    // Everything before lastTimePs has been handed out, so no pending event is in an earlier bucket.
    widthBits = newWidthBits;
    openBucket = (lastTimePs >> newWidthBits) - 1;
    while (all != null) {
      Event next = all.next;
      all.next = null;
      add(all);
      all = next;
    }
  }

  /** Forgets everything, keeping the arrays for the next run. */
  void clear() {
    Arrays.fill(ring, null);
    Arrays.fill(filled, 0);
    Arrays.fill(open, null);
    while (!late.isEmpty()) {
      late.poll();
    }
    while (!beyond.isEmpty()) {
      beyond.poll();
    }
    inRing = 0;
    openFrom = 0;
    openTo = 0;
    openBucket = -1;
    pollsSinceShape = 0;
    shapeTimePs = 0;
    lastTimePs = 0;
  }
}

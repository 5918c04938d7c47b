package dev.shootdown.hardware.iommu;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Ats;
import java.util.ArrayDeque;
import java.util.Deque;

/** The page walkers: which are busy with what, and who waits for one. */
final class Walks {
  private final Ats.TranslationRequest[] underWay;
  private final boolean[] reading;
  private final boolean[] overtaken;
  private final Deque<Ats.TranslationRequest> waiting = new ArrayDeque<>();
  private int busy;

  Walks(int walkers) {
    this.underWay = new Ats.TranslationRequest[walkers];
    this.reading = new boolean[walkers];
    this.overtaken = new boolean[walkers];
  }

  boolean isFull() {
    return busy == underWay.length;
  }

  /** Gives {@code request} a walker that is free; returns its number, the tag of its walk. */
  int start(Ats.TranslationRequest request) {
    int walker = 0;
    while (underWay[walker] != null) {
      walker++;
    }
    underWay[walker] = request;
    busy++;
    restart(walker);
    return walker;
  }

  /** Puts the walk back to its beginning. */
  void restart(int walker) {
    reading[walker] = false;
    overtaken[walker] = false;
  }

  /** From now on an invalidation can overtake the leaf entry. */
  Ats.TranslationRequest read(int walker) {
    reading[walker] = true;
    return underWay[walker];
  }

  /** Whether a walk under {@code tag} is waiting for its leaf entry. */
  boolean isReading(long tag) {
    return tag >= 0 && tag < underWay.length && reading[(int) tag];
  }

  boolean isOvertaken(int walker) {
    return overtaken[walker];
  }

  Ats.TranslationRequest finish(int walker) {
    Ats.TranslationRequest request = underWay[walker];
    underWay[walker] = null;
    reading[walker] = false;
    busy--;
    return request;
  }

  /**
   * Notes that {@code range} was invalidated. A walk that hasn't asked for its leaf yet will read
   * what stands there now, so it is not concerned.
   */
  void overtake(int pasid, PageRange range) {
    for (int walker = 0; walker < underWay.length; walker++) {
      if (reading[walker] && underWay[walker].pasid() == pasid
          && range.contains(underWay[walker].page())) {
        overtaken[walker] = true;
      }
    }
  }

  void await(Ats.TranslationRequest request) {
    waiting.add(request);
  }

  boolean isAwaited() {
    return !waiting.isEmpty();
  }

  Ats.TranslationRequest nextWaiting() {
    return waiting.remove();
  }
}

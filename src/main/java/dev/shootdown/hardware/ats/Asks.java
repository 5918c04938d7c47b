package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The translations that a device waits for: one request per page, a tag for each under way. */
final class Asks {
  private record Key(int pasid, long page) {}

  private static final Comparator<Key> BY_PAGE =
      Comparator.comparingInt(Key::pasid).thenComparingLong(Key::page);

  /** A page that a translation is wanted for, and the transfers that want it. */
  static final class Ask {
    private final Key key;
    private final List<Touch> touches = new ArrayList<>();
    private boolean forWrite;
    private boolean sent;
    private boolean overtaken;

    private Ask(Key key) {
      this.key = key;
    }

    int pasid() {
      return key.pasid();
    }

    long page() {
      return key.page();
    }

    boolean forWrite() {
      return forWrite;
    }

    /** Whether its range was invalidated while the request was under way. */
    boolean isOvertaken() {
      return overtaken;
    }

    List<Touch> touches() {
      return touches;
    }
  }

  private final Ask[] byTag;
  private final int device;
  private final Ctx<?> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Deque<Ask> unsent = new ArrayDeque<>();
  private final Map<Key, Ask> open = new TreeMap<>(BY_PAGE);

  Asks(int outstandingMax, int device, Ctx<?> ctx, Port<Ats.ToIommu> iommu) {
    this.byTag = new Ask[outstandingMax];
    this.device = device;
    this.ctx = ctx;
    this.iommu = iommu;
  }

  /** Lets all of {@code touches} wait, and asks for what there are tags for. */
  void request(List<Touch> touches) {
    touches.forEach(this::await);
    send();
  }

  /** Asks for what waits, as far as there are tags. */
  void send() {
    for (int tag = sendable(); tag >= 0; tag = sendable()) {
      Ask ask = send(tag);
      ctx.send(iommu, new Ats.TranslationRequest(
          device, tag, ask.pasid(), ask.page(), ask.forWrite()));
    }
  }

  /**
   * Lets {@code touch} wait for its page. It joins a request that is under way even if it wants to
   * write and the request doesn't ask for that: it will ask again when the answer is there.
   */
  private void await(Touch touch) {
    Key key = new Key(touch.pasid(), touch.page());
    Ask ask = open.get(key);
    if (ask == null) {
      ask = new Ask(key);
      open.put(key, ask);
      unsent.add(ask);
    }
    if (!ask.sent) {
      ask.forWrite |= touch.write();
    }
    ask.touches.add(touch);
  }

  /** The least tag that is free, if a request waits for one; else −1. */
  private int sendable() {
    for (int tag = 0; tag < byTag.length && !unsent.isEmpty(); tag++) {
      if (byTag[tag] == null) {
        return tag;
      }
    }
    return -1;
  }

  /** Sends the oldest waiting request under {@code tag}. */
  private Ask send(int tag) {
    Ask ask = unsent.remove();
    ask.sent = true;
    byTag[tag] = ask;
    return ask;
  }

  /** Closes the request under {@code tag}, if it is for that page; else null. */
  Ask finish(long tag, int pasid, long page) {
    Ask ask = tag >= 0 && tag < byTag.length ? byTag[(int) tag] : null;
    if (ask == null || !ask.key.equals(new Key(pasid, page))) {
      return null;
    }
    byTag[(int) tag] = null;
    open.remove(ask.key);
    return ask;
  }

  /** Notes an invalidation: answers to what is under way in its range are out of date. */
  void overtake(Ats.InvalidateRequest request) {
    for (Ask ask : byTag) {
      if (ask != null && request.concerns(ask.pasid()) && request.range().contains(ask.page())) {
        ask.overtaken = true;
      }
    }
  }

  /**
   * Lets nobody wait for {@code pasid} any more; the touches that did. What is under way will be
   * answered, and cached.
   */
  List<Touch> abandon(int pasid) {
    List<Touch> touches = new ArrayList<>();
    for (Ask ask : open.values()) {
      if (ask.pasid() == pasid) {
        touches.addAll(ask.touches);
        ask.touches.clear();
      }
    }
    unsent.removeIf(ask -> ask.pasid() == pasid);
    open.values().removeIf(ask -> ask.pasid() == pasid && !ask.sent);
    return touches;
  }

  /** Forgets everything; the touches that waited, in their order, by PASID and page. */
  List<Touch> abandon() {
    List<Touch> touches = new ArrayList<>();
    open.values().forEach(ask -> touches.addAll(ask.touches));
    open.clear();
    unsent.clear();
    Arrays.fill(byTag, null);
    return touches;
  }
}

package dev.shootdown.check;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The device-TLB invalidations of late. The IOMMU knows its devices by number, the judges by name;
 * the two are brought together when an invalidation arrives.
 */
final class InvalidationsSeen {
  private static final int KEPT = 4096;
  private static final long NEVER = Long.MAX_VALUE;

  private record Address(String iommu, int device) {}

  /** What an invalidation says of itself when it arrives. */
  private record Label(int itag, int pasid, PageRange range) {}

  private record Done(String device, int itag) {}

  /** An invalidation on its way, there, or done. */
  static final class Invalidation {
    private final Address address;
    private final MachineFact.InvalidationSent sent;
    private final long sentPs;
    private String device;
    private long takenPs = NEVER;
    private long donePs = NEVER;

    private Invalidation(Address address, MachineFact.InvalidationSent sent, long sentPs) {
      this.address = address;
      this.sent = sent;
      this.sentPs = sentPs;
    }

    private Label label() {
      return new Label(sent.itag(), sent.pasid(), sent.range());
    }

    StaleUse.Invalidation evidence() {
      return new StaleUse.Invalidation(
          address.iommu(), sent.itag(), sent.range(), sentPs, known(takenPs), known(donePs));
    }

    private static OptionalLong known(long atPs) {
      return atPs == NEVER ? OptionalLong.empty() : OptionalLong.of(atPs);
    }
  }

  private final Deque<Invalidation> invalidations = new ArrayDeque<>();
  private final Map<Label, List<Invalidation>> onTheWay = new LinkedHashMap<>();
  private final Recent<Done, Invalidation> there = new Recent<>(KEPT);
  private final Map<Address, String> names = new LinkedHashMap<>();
  private final Map<String, Address> addresses = new LinkedHashMap<>();

  Invalidation sent(long atPs, String iommu, MachineFact.InvalidationSent sent) {
    Invalidation invalidation =
        new Invalidation(new Address(iommu, sent.device()), sent, atPs);
    invalidation.device = names.get(invalidation.address);
    invalidations.addLast(invalidation);
    onTheWay.computeIfAbsent(invalidation.label(), label -> new ArrayList<>(1))
        .add(invalidation);
    if (invalidations.size() > KEPT) {
      arrived(invalidations.removeFirst());
    }
    return invalidation;
  }

  /** The oldest one on its way that fits; an unknown device is learnt if only one can be meant. */
  void taken(long atPs, String device, MachineFact.InvalidationTaken taken) {
    boolean known = addresses.containsKey(device);
    Invalidation first = null;
    boolean sole = true;
    Label label = new Label(taken.itag(), taken.pasid(), taken.range());
    for (Invalidation candidate : onTheWay.getOrDefault(label, List.of())) {
      if (known ? device.equals(candidate.device) : candidate.device == null) {
        sole = first == null;
        first = first == null ? candidate : first;
      }
    }
    if (first == null) {
      return;
    }
    arrived(first);
    first.takenPs = atPs;
    first.device = device;
    there.remember(new Done(device, taken.itag()), first);
    if (sole && !known) {
      learn(first.address, device);
    }
  }

  private void arrived(Invalidation invalidation) {
    List<Invalidation> alike = onTheWay.get(invalidation.label());
    if (alike != null && alike.remove(invalidation) && alike.isEmpty()) {
      onTheWay.remove(invalidation.label());
    }
  }

  private void learn(Address address, String device) {
    names.put(address, device);
    addresses.put(device, address);
    for (Invalidation invalidation : invalidations) {
      if (invalidation.device == null && invalidation.address.equals(address)) {
        invalidation.device = device;
      }
    }
  }

  void done(long atPs, String device, MachineFact.InvalidationDone done) {
    Invalidation invalidation = there.remove(new Done(device, done.itag()));
    if (invalidation != null) {
      invalidation.donePs = atPs;
    }
  }

  /** Whether it is meant for {@code device}, as far as that is known, and covers the page. */
  static boolean covers(Invalidation invalidation, String device, int mm, long page) {
    return (invalidation.device == null || invalidation.device.equals(device))
        && (invalidation.sent.pasid() == mm || invalidation.sent.pasid() == RangeChanges.ANY)
        && invalidation.sent.range().contains(page);
  }

  /** Those sent since {@code sincePs} that no device has completed, in the order of sending. */
  List<StaleUse.Invalidation> open(long sincePs) {
    List<StaleUse.Invalidation> open = new ArrayList<>();
    for (Invalidation sent : invalidations) {
      if (sent.sentPs >= sincePs && sent.donePs == NEVER) {
        open.add(sent.evidence());
      }
    }
    return open;
  }

  /** The newest one that covers the page and was not done at {@code sincePs}, or null. */
  Invalidation covering(String device, int mm, long page, long sincePs) {
    for (Iterator<Invalidation> newest = invalidations.descendingIterator(); newest.hasNext(); ) {
      Invalidation candidate = newest.next();
      if (candidate.donePs >= sincePs && covers(candidate, device, mm, page)) {
        return candidate;
      }
    }
    return null;
  }
}

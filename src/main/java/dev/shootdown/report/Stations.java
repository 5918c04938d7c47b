package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds out from facts how full queues, locks, walkers and wires were.
 *
 * <p>Can: whatever has a fact for its beginning and one for its end, or one that tells both; and
 * whatever a part tells of itself. Can't: what no fact tells, such as the translation requests on
 * their way to an IOMMU.
 */
final class Stations implements Observer {
  private record Sent(String iommu, long atPs, long key, MachineFact.InvalidationSent fact) {}

  private final Map<String, Map<String, Station>> stations = new HashMap<>();
  private final List<Sent> onTheWire = new ArrayList<>();
  private final SortedMap<String, Sent> arrived = new TreeMap<>();
  private long invalidations;

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.OperationBegan began) {
      of(component, "operations").arrive(began.operation(), atPs);
    } else if (fact instanceof MachineFact.OperationEnded ended) {
      of(component, "operations").depart(ended.operation(), atPs);
    } else if (fact instanceof MachineFact.Stolen stolen) {
      of(component, "stolen").stayed(stolen.fromPs(), atPs);
    } else if (fact instanceof MachineFact.LockTaken taken) {
      of(component, lock(component, taken.lock(), "wait")).stayed(taken.askedAtPs(), atPs);
      of(component, lock(component, taken.lock(), "held")).arrive(taken.operation(), atPs);
    } else if (fact instanceof MachineFact.LockDropped dropped) {
      of(component, lock(component, dropped.lock(), "held")).depart(dropped.operation(), atPs);
    } else if (fact instanceof MachineFact.FlushBegan began) {
      of(component, flush(began.audience())).arrive(began.operation(), atPs);
    } else if (fact instanceof MachineFact.FlushEnded ended) {
      of(component, flush(ended.audience())).depart(ended.operation(), atPs);
    } else {
      seenAtDevice(atPs, component, fact);
    }
  }

  private void seenAtDevice(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.Filled filled) {
      of(component, "fill-in-flight").stayed(filled.readAtPs(), atPs);
    } else if (fact instanceof MachineFact.Used used) {
      if (used.transfer() >= 0) {
        of(component, "dma").arrive(used.transfer(), atPs);
      }
    } else if (fact instanceof MachineFact.Drained drained) {
      of(component, "dma").depart(drained.transfer(), atPs);
    } else if (fact instanceof MachineFact.InvalidationSent sent) {
      onSent(atPs, component, sent);
    } else if (fact instanceof MachineFact.InvalidationTaken taken) {
      onTaken(atPs, component, taken);
    } else if (fact instanceof MachineFact.InvalidationDone done) {
      onDone(atPs, component, done);
    } else {
      seenOfFaults(atPs, component, fact);
    }
  }

  private void seenOfFaults(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.FaultRaised raised) {
      of(component, "faults").arrive(raised.request(), atPs);
    } else if (fact instanceof MachineFact.FaultResolved resolved) {
      of(component, "faults").depart(resolved.request(), atPs);
    } else if (fact instanceof MachineFact.PageRequested requested) {
      of(component, "page-requests").arrive(requested.group(), atPs);
    } else if (fact instanceof MachineFact.PageAnswered answered) {
      of(component, "page-requests").depart(answered.group(), atPs);
    } else if (fact instanceof MachineFact.InterruptsWereOff off) {
      of(component, "interrupts-off").stayed(off.fromPs(), atPs);
    } else if (fact instanceof MachineFact.Occupied occupied) {
      of(component, occupied.what()).level(atPs, occupied.used(), occupied.capacity());
    }
  }

  private void onSent(long atPs, String component, MachineFact.InvalidationSent sent) {
    Sent entry = new Sent(component, atPs, invalidations++, sent);
    onTheWire.add(entry);
    of(component, "invalidations").arrive(entry.key(), atPs);
  }

  /** The IOMMU knows the device by number only: the oldest that says the same is meant. */
  private void onTaken(long atPs, String component, MachineFact.InvalidationTaken taken) {
    for (Iterator<Sent> each = onTheWire.iterator(); each.hasNext(); ) {
      Sent sent = each.next();
      if (sent.fact().itag() == taken.itag()
          && sent.fact().pasid() == taken.pasid()
          && sent.fact().range().equals(taken.range())) {
        each.remove();
        of(component, "invalidation-wire").stayed(sent.atPs(), atPs);
        arrived.put(component + " " + taken.itag(), sent);
        break;
      }
    }
    of(component, "invalidation-queue").arrive(taken.itag(), atPs);
  }

  private void onDone(long atPs, String component, MachineFact.InvalidationDone done) {
    of(component, "invalidation-queue").depart(done.itag(), atPs);
    Sent sent = arrived.remove(component + " " + done.itag());
    if (sent != null) {
      of(sent.iommu(), "invalidations").depart(sent.key(), atPs);
    }
  }

  private static String lock(String component, String lock, String what) {
    return lock.equals(component) ? "lock-" + what : "lock-" + what + "/" + lock;
  }

  private static String flush(MachineFact.Audience audience) {
    return "flush-" + audience.name().toLowerCase(Locale.ROOT);
  }

  /** The station of that name; made when first asked for. */
  Station of(String component, String station) {
    return stations
        .computeIfAbsent(component, name -> new HashMap<>())
        .computeIfAbsent(station, name -> new Station());
  }

  /** By component and name, sorted. */
  SortedMap<String, SortedMap<String, Station>> byComponent() {
    SortedMap<String, SortedMap<String, Station>> sorted = new TreeMap<>();
    stations.forEach((component, named) -> sorted.put(component, new TreeMap<>(named)));
    return sorted;
  }
}

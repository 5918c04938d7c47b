package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run's facts as stretches of time on tracks, for a picture of what happened when.
 *
 * <ol>
 *   <li>A component has a track for each kind of thing that goes on in it: operations, the accounts
 *       that their time is booked to, flushes, locks held and waited for, DMA, fills, faults.
 *   <li>An invalidation is a flow: from its sending, over the device that obeys, to the end of the
 *       flush that had waited for it. An interrupt is one likewise.
 * </ol>
 */
final class Timeline {
  static final long OPEN = Long.MAX_VALUE;

  /** How facts name an invalidation that drops what is tagged with any PASID. */
  private static final int ALL_PASIDS = -1;

  /** A track: things of one kind in one component. */
  record Track(String component, String kind) {}

  /** Something that lasted; {@link #untilPs} is {@link #OPEN} if the run ended first. */
  static final class Slice {
    final Track track;
    final String name;
    final long fromPs;
    final List<Long> flows = new ArrayList<>();
    final List<Long> ending = new ArrayList<>();
    private long untilPs;

    private Slice(Track track, String name, long fromPs, long untilPs) {
      this.track = track;
      this.name = name;
      this.fromPs = fromPs;
      this.untilPs = untilPs;
    }

    long untilPs() {
      return untilPs;
    }
  }

  /** A level that changed. */
  record Level(Track track, long atPs, long value) {}

  private record Key(Track track, long number) {}

  private record Sent(long atPs, long flow, MachineFact.InvalidationSent fact, Slice slice) {}

  private record Flushing(long fromPs, MachineFact.FlushBegan fact, List<Long> flows) {}

  private final List<Slice> slices = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();
  private final Map<Key, Slice> open = new LinkedHashMap<>();
  private final List<Sent> onTheWire = new ArrayList<>();
  private final Map<String, Sent> arrived = new LinkedHashMap<>();
  private final Map<String, Flushing> flushing = new LinkedHashMap<>();
  private final Map<Long, List<Slice>> interrupts = new LinkedHashMap<>();
  private final Map<Integer, Integer> given = new TreeMap<>();
  private long flows;

  /** What the facts come to. */
  static Timeline of(List<FactKeeper.Kept> facts) {
    Timeline timeline = new Timeline();
    for (FactKeeper.Kept kept : facts) {
      timeline.seen(kept.atPs(), kept.component(), kept.fact());
    }
    return timeline;
  }

  /** In the order in which they were stated. */
  List<Slice> slices() {
    return slices;
  }

  List<Level> levels() {
    return levels;
  }

  private void seen(long atPs, String at, Fact fact) {
    if (fact instanceof MachineFact.OperationBegan began) {
      begin(at, "operations", began.operation(), atPs,
          began.kind() + " " + began.range() + " (no. " + began.operation() + ")");
    } else if (fact instanceof MachineFact.OperationEnded ended) {
      end(at, "operations", ended.operation(), atPs);
    } else if (fact instanceof MachineFact.Booked booked) {
      slice(at, "ledger", booked.fromPs(), booked.untilPs(), lower(booked.account()));
    } else if (fact instanceof MachineFact.LockTaken taken) {
      if (taken.askedAtPs() < atPs) {
        slice(at, "lock wait", taken.askedAtPs(), atPs,
            taken.lock() + " wanted by no. " + taken.operation());
      }
      begin(at, "lock held", taken.operation(), atPs,
          taken.lock() + " held by no. " + taken.operation());
    } else if (fact instanceof MachineFact.LockDropped dropped) {
      end(at, "lock held", dropped.operation(), atPs);
    } else if (fact instanceof MachineFact.PasidBound bound && bound.mm() >= 0) {
      given.put(bound.pasid(), bound.mm());
    } else {
      seenOfFlushes(atPs, at, fact);
    }
  }

  private void seenOfFlushes(long atPs, String at, Fact fact) {
    if (fact instanceof MachineFact.FlushBegan began) {
      begin(at, flush(began.audience()), began.operation(), atPs,
          "flush " + began.flushed() + " for no. " + began.operation());
      flushing.put(
          began.operation() + flush(began.audience()),
          new Flushing(atPs, began, new ArrayList<>()));
    } else if (fact instanceof MachineFact.FlushEnded ended) {
      onFlushEnded(atPs, at, ended);
    } else if (fact instanceof MachineFact.InterruptSent sent) {
      String what = sent.flush() ? "flush" : "wait for walkers";
      Slice sending =
          slice(at, "interrupts sent", atPs, atPs, what + ", CPU " + sent.target());
      interrupts.computeIfAbsent(sent.operation(), op -> new ArrayList<>()).add(sending);
    } else if (fact instanceof MachineFact.Stolen stolen) {
      onStolen(atPs, at, stolen);
    } else if (fact instanceof MachineFact.InvalidationSent sent) {
      onSent(atPs, at, sent);
    } else if (fact instanceof MachineFact.InvalidationTaken taken) {
      onTaken(atPs, at, taken);
    } else if (fact instanceof MachineFact.InvalidationDone done) {
      onDone(atPs, at, done);
    } else {
      seenOfDevices(atPs, at, fact);
    }
  }

  private void seenOfDevices(long atPs, String at, Fact fact) {
    if (fact instanceof MachineFact.Used used) {
      if (used.transfer() >= 0) {
        begin(at, "dma", used.transfer(), atPs,
            String.format(Locale.ROOT, "DMA to frame 0x%x", used.pfn()));
      }
    } else if (fact instanceof MachineFact.Drained drained) {
      end(at, "dma", drained.transfer(), atPs);
    } else if (fact instanceof MachineFact.Filled filled) {
      slice(at, "fills", filled.readAtPs(), atPs,
          String.format(Locale.ROOT, "fill of 0x%x", filled.page() << 12));
    } else if (fact instanceof MachineFact.FaultRaised raised) {
      begin(at, "faults", raised.request(), atPs,
          String.format(Locale.ROOT, "fault at 0x%x", raised.page() << 12));
    } else if (fact instanceof MachineFact.FaultResolved resolved) {
      end(at, "faults", resolved.request(), atPs);
    } else if (fact instanceof MachineFact.InterruptsWereOff off) {
      slice(at, "interrupts off", off.fromPs(), atPs, "interrupts off");
    } else if (fact instanceof MachineFact.Occupied occupied) {
      levels.add(new Level(new Track(at, occupied.what()), atPs, occupied.used()));
    } else if (fact instanceof MachineFact.ProtocolBreach breach) {
      slice(at, "breaches", atPs, atPs, breach.rule());
    }
  }

  private void onSent(long atPs, String at, MachineFact.InvalidationSent sent) {
    long flow = ++flows;
    Slice slice =
        slice(at, "invalidations", atPs, OPEN,
            "itag " + sent.itag() + " to device " + sent.device() + " " + sent.range());
    slice.flows.add(flow);
    onTheWire.add(new Sent(atPs, flow, sent, slice));
    for (Flushing flush : flushing.values()) {
      if (flush.fact().audience() == MachineFact.Audience.SECONDARY
          && isFor(sent.pasid(), flush.fact().mm())
          && flush.fact().flushed().overlaps(sent.range())) {
        flush.flows().add(flow);
      }
    }
  }

  /** Whether what goes to {@code pasid} concerns {@code mm}: its own, or all at once. */
  private boolean isFor(int pasid, int mm) {
    return pasid == ALL_PASIDS
        || given.getOrDefault(pasid, pasid).equals(given.getOrDefault(mm, mm));
  }

  private void onTaken(long atPs, String at, MachineFact.InvalidationTaken taken) {
    Slice slice =
        begin(at, "invalidations", taken.itag(), atPs,
            "invalidate " + taken.range() + ", itag " + taken.itag());
    for (int i = 0; i < onTheWire.size(); i++) {
      Sent sent = onTheWire.get(i);
      if (sent.fact().itag() == taken.itag()
          && sent.fact().pasid() == taken.pasid()
          && sent.fact().range().equals(taken.range())) {
        slice.flows.add(sent.flow());
        arrived.put(at + " " + taken.itag(), sent);
        onTheWire.remove(i);
        return;
      }
    }
  }

  private void onDone(long atPs, String at, MachineFact.InvalidationDone done) {
    end(at, "invalidations", done.itag(), atPs);
    Sent sent = arrived.remove(at + " " + done.itag());
    if (sent != null) {
      sent.slice().untilPs = atPs;
    }
  }

  /** Whoever is interrupted for an operation serves the oldest interrupt not yet served. */
  private void onStolen(long atPs, String at, MachineFact.Stolen stolen) {
    Slice slice =
        slice(at, "stolen", stolen.fromPs(), atPs, "flush for no. " + stolen.operation());
    List<Slice> sent = interrupts.getOrDefault(stolen.operation(), List.of());
    if (!sent.isEmpty()) {
      long flow = ++flows;
      sent.remove(0).flows.add(flow);
      slice.flows.add(flow);
      Flushing flush =
          flushing.get(stolen.operation() + flush(MachineFact.Audience.CPU));
      if (flush != null) {
        flush.flows().add(flow);
      }
    }
  }

  private void onFlushEnded(long atPs, String at, MachineFact.FlushEnded ended) {
    String kind = flush(ended.audience());
    end(at, kind, ended.operation(), atPs);
    Flushing flush = flushing.remove(ended.operation() + kind);
    if (flush != null && !flush.flows().isEmpty()) {
      Slice acknowledged =
          slice(at, "acknowledged", atPs, atPs,
              "all acknowledged for no. " + ended.operation());
      acknowledged.ending.addAll(flush.flows());
    }
  }

  private Slice begin(String at, String kind, long number, long atPs, String name) {
    Slice slice = slice(at, kind, atPs, OPEN, name);
    open.put(new Key(slice.track, number), slice);
    return slice;
  }

  private void end(String at, String kind, long number, long atPs) {
    Slice slice = open.remove(new Key(new Track(at, kind), number));
    if (slice != null) {
      slice.untilPs = atPs;
    }
  }

  private Slice slice(String at, String kind, long fromPs, long untilPs, String name) {
    Slice slice = new Slice(new Track(at, kind), name, fromPs, untilPs);
    slices.add(slice);
    return slice;
  }

  private static String flush(MachineFact.Audience audience) {
    return audience == MachineFact.Audience.CPU ? "CPU flush" : "secondary flush";
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

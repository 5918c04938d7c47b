package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how long accesses that software has to serve wait, and how often they are tried again:
 * faults of devices, of vCPUs, of a driver that mirrors. A fault that is open when the run ends has
 * waited until then.
 */
public final class Waits implements Observer {
  /**
   * A fault.
   *
   * @param raisedPs when it was raised
   * @param waitPs from then to its end, or to the end of the run
   * @param retries how often it was tried again
   * @param end how it ended
   */
  public record Wait(long raisedPs, long waitPs, long retries, End end) {}

  /** How a fault ended. */
  public enum End {
    /** The access went through. */
    SERVED,
    /** It was refused, or whoever wanted it gave up. */
    LOST,
    /** The run ended first. */
    OPEN
  }

  private record Name(String component, long request) {}

  private static final class Open {
    private final long raisedPs;
    private long retries;

    private Open(long raisedPs) {
      this.raisedPs = raisedPs;
    }
  }

  private final Map<Name, Open> open = new LinkedHashMap<>();
  private final List<Wait> waits = new ArrayList<>();
  private long standingSincePs;
  private long standstillPs;

  @Override
  public void seen(long atPs, String component, Fact fact) {
    if (fact instanceof MachineFact.FaultRaised raised) {
      standingSincePs = open.isEmpty() ? atPs : standingSincePs;
      open.put(new Name(component, raised.request()), new Open(atPs));
    } else if (fact instanceof MachineFact.FaultRetried retried) {
      Open fault = open.get(new Name(component, retried.request()));
      if (fault != null) {
        fault.retries++;
      }
    } else if (fact instanceof MachineFact.FaultResolved resolved) {
      Open fault = open.remove(new Name(component, resolved.request()));
      if (fault != null) {
        boolean served = resolved.how() == MachineFact.Resolution.SERVED;
        end(fault, atPs, served ? End.SERVED : End.LOST);
        stood(atPs);
        standingSincePs = served ? atPs : standingSincePs;
      }
    }
  }

  private void end(Open fault, long atPs, End end) {
    waits.add(new Wait(fault.raisedPs, atPs - fault.raisedPs, fault.retries, end));
  }

  private void stood(long untilPs) {
    standstillPs = Math.max(standstillPs, untilPs - standingSincePs);
  }

  /** The run is over; to be called behind all facts. Called again, it changes nothing. */
  public void over(long endPs) {
    if (!open.isEmpty()) {
      stood(endPs);
      open.values().forEach(fault -> end(fault, endPs, End.OPEN));
      open.clear();
    }
  }

  /** All faults, in the order in which they ended. */
  public List<Wait> all() {
    return Collections.unmodifiableList(waits);
  }

  /** The wait at that percentile, 1 to 100, by nearest rank, in ps; there must be a fault. */
  public long waitPs(int percent) {
    long[] sorted = waits.stream().mapToLong(Wait::waitPs).sorted().toArray();
    return sorted[(int) ((sorted.length * (long) percent + 99) / 100) - 1];
  }

  /** The longest time in which some fault was open and none was served, in ps. */
  public long standstillPs() {
    return standstillPs;
  }
}

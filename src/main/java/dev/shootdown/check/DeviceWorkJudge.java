package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees that devices come to the end of their work. Each access that a device was given ends in one
 * {@code Used}, {@code DmaEnded} or {@code Denied}; each {@code Used} of a transfer in a {@code
 * Drained}. What is missing of that when nothing is left to happen waits for ever: for a
 * translation, for its IOMMU, or for memory, whose request or answer was lost.
 *
 * <p>A device that failed owes nothing, and one with a page request open is judged by that. So is
 * one whose page somebody else faults on or transfers for it: its IOMMU.
 */
final class DeviceWorkJudge {
  private static final int FINDINGS_PER_DEVICE = 3;
  private static final int KEPT_FINDINGS = 100;

  /** What a device was given to do. */
  private static final class Given {
    private final Map<Page, Long> left = new LinkedHashMap<>();
    private final PlaceMap<int[]> ended = new PlaceMap<>();
    private long leftInAll;
    private long endedInAll;
    private boolean failed;
    private boolean renamed;
  }

  private record Page(int mm, long page) {}

  private record Request(Agent by, long number) {}

  private final Docket docket;
  private final Map<String, Given> devices = new LinkedHashMap<>();
  private final Map<Request, Page> faults = new LinkedHashMap<>();
  private final Troubles troubles;

  /** A judge of the devices that have {@code wishes}. */
  DeviceWorkJudge(Docket docket, Collection<DeviceWish> wishes) {
    this.docket = docket;
    for (DeviceWish wish : wishes) {
      Given given = devices.computeIfAbsent(wish.device(), absent -> new Given());
      given.left.merge(new Page(wish.mm(), wish.page()), wish.count(), Long::sum);
      given.leftInAll += wish.count();
    }
    this.troubles = new Troubles(docket);
    if (!devices.isEmpty()) {
      docket.hear(
          MachineFact.Used.class, (atPs, by, fact) -> ended(by, fact.mm(), fact.page()));
      docket.hear(
          MachineFact.DmaEnded.class, (atPs, by, fact) -> ended(by, fact.mm(), fact.page()));
      docket.hear(
          MachineFact.FaultRaised.class,
          (atPs, by, fact) ->
              faults.put(new Request(by, fact.request()), new Page(fact.mm(), fact.page())));
      docket.hear(
          MachineFact.FaultResolved.class,
          (atPs, by, fact) -> faults.remove(new Request(by, fact.request())));
      docket.hear(
          MachineFact.Denied.class, (atPs, by, fact) -> ended(by, fact.mm(), fact.page()));
      docket.hear(
          MachineFact.DeviceFailed.class,
          (atPs, by, fact) -> {
            Given given = devices.get(by.name);
            if (given != null) {
              given.failed = true;
            }
          });
      docket.hear(
          MachineFact.PasidBound.class,
          (atPs, by, fact) -> devices.values().forEach(given -> given.renamed = true));
    }
  }

  private void ended(Agent by, int mm, long page) {
    Given given = devices.get(by.name);
    if (given == null) {
      return;
    }
    given.endedInAll++;
    int[] count = given.ended.get(mm, page);
    if (count == null) {
      count = new int[1];
      given.ended.put(mm, page, count);
    }
    count[0]++;
  }

  /**
   * What is never done; asked when nothing is left to happen.
   *
   * @param told components that are known to wait for something else
   */
  List<Finding> waiting(Collection<String> told) {
    List<Finding> findings = new ArrayList<>();
    devices.forEach(
        (name, given) -> {
          if (!given.failed && !told.contains(name) && given.endedInAll < given.leftInAll) {
            findings.addAll(accesses(name, given));
          }
        });
    docket.books().dmas().forEach(
        dma -> {
          if (dma.used().transfer() >= 0) {
            findings.add(
                finding(
                    new Standstill.Dma(
                        dma.holder().name, "transfer " + dma.used().transfer(),
                        dma.used().mm(), dma.used().page())));
          }
        });
    return findings.subList(0, Math.min(findings.size(), KEPT_FINDINGS));
  }

  /** By page, unless pages are stated under another number than the one the device was given. */
  private List<Finding> accesses(String name, Given given) {
    List<Finding> findings = new ArrayList<>();
    if (given.renamed) {
      long missing = given.leftInAll - given.endedInAll;
      findings.add(finding(new Standstill.Dma(name, text(missing), -1, -1)));
      return findings;
    }
    Set<Page> others = doneByOthers(name);
    given.left.forEach(
        (page, count) -> {
          int[] ended = given.ended.get(page.mm(), page.page());
          long missing = count - (ended == null ? 0 : ended[0]);
          if (missing > 0 && !others.contains(page) && findings.size() < FINDINGS_PER_DEVICE) {
            findings.add(
                finding(new Standstill.Dma(name, text(missing), page.mm(), page.page())));
          }
        });
    return findings;
  }

  /** Pages on which somebody else than {@code device} faults, or which it transfers. */
  private Set<Page> doneByOthers(String device) {
    Set<Page> pages = new LinkedHashSet<>();
    faults.forEach((request, page) -> {
      if (!request.by().name.equals(device)) {
        pages.add(page);
      }
    });
    docket.books().dmas().forEach(dma -> {
      if (!dma.holder().name.equals(device)) {
        pages.add(new Page(dma.used().mm(), dma.used().page()));
      }
    });
    return pages;
  }

  private static String text(long missing) {
    return missing == 1 ? "an access" : missing + " accesses";
  }

  private Finding finding(Standstill.Dma wanted) {
    List<Standstill.Step> struck = troubles.latest();
    Standstill standstill =
        new Standstill(Standstill.Shown.NOTHING_LEFT, wanted, 0, 0, 0, struck);
    return new Finding(
        Verdict.NO_PROGRESS, struck.isEmpty() ? 0 : struck.get(0).atPs(), wanted.component(),
        standstill.summary(), Optional.empty(), Optional.of(standstill));
  }
}

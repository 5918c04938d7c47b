package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what is left of an address space when its PASID is given to another.
 *
 * <ol>
 *   <li>Nobody may use a translation of the old address space from then on (stale-use).
 *   <li>No page request that was sent for the old one may be answered for the new one: it was
 *       served in the wrong process, or its answer is taken for another's (protocol-breach).
 * </ol>
 *
 * <p>(VT-d 7.10; Linux 6.12, intel_iommu_drain_pasid_prq.)
 */
final class PasidJudge {
  private static final int KEPT_FINDINGS = 1000;

  /** A group of page requests, as its device knows it. */
  private record Group(String device, int group) {}

  /** For whom it was sent. */
  private record Sent(long atPs, int pasid, int mm, long page) {}

  private final Docket docket;
  private final Map<Group, Sent> open = new LinkedHashMap<>();
  private final Map<Integer, StaleUse.Free> frees = new LinkedHashMap<>();
  private final Map<Integer, Standstill.Step> bindings = new LinkedHashMap<>();
  private final List<Finding> breaches = new ArrayList<>();

  PasidJudge(Docket docket) {
    this.docket = docket;
    docket.hear(MachineFact.PasidBound.class, this::onBound);
    docket.hear(MachineFact.PageRequested.class, this::onRequested);
    docket.hear(MachineFact.PageAnswered.class, this::onAnswered);
    docket.hearOfPasids(this::onUsed);
  }

  /** Page requests answered for another than they were sent for. */
  List<Finding> breaches() {
    return breaches;
  }

  /** It was free before it was bound; else the binding itself is the deed. */
  private void onBound(long atPs, Agent by, MachineFact.PasidBound fact) {
    StaleUse.Free deed = docket.books().deed(atPs, by, fact.operation());
    if (fact.mm() < 0 || !frees.containsKey(fact.pasid())) {
      frees.put(fact.pasid(), deed);
    }
    if (fact.mm() >= 0) {
      bindings.put(
          fact.pasid(),
          new Standstill.Step(
              atPs, deed.actor(), "gives PASID " + fact.pasid() + " to mm " + fact.mm()));
    }
  }

  /** A translation of {@code used}'s address space was used for who has the PASID now. */
  private void onUsed(long atPs, Agent by, int pasid, MachineFact.Used used) {
    if (docket.pasids().now(pasid) != used.mm()) {
      docket.books().cases().openUsed(
          StaleUse.Kind.USED_BY_ANOTHER, by, docket.books().subject(by, used),
          frees.get(pasid), atPs);
    }
  }

  private void onRequested(long atPs, Agent by, MachineFact.PageRequested asked) {
    if (!docket.pasids().isEmpty()) {
      open.putIfAbsent(
          new Group(by.name, asked.group()),
          new Sent(atPs, asked.pasid(), docket.pasids().now(asked.pasid()), asked.page()));
    }
  }

  private void onAnswered(long atPs, Agent by, MachineFact.PageAnswered answered) {
    Sent sent = open.remove(new Group(by.name, answered.group()));
    if (sent == null) {
      return;
    }
    int now = docket.pasids().now(sent.pasid());
    if (now != sent.mm() && breaches.size() < KEPT_FINDINGS) {
      String what =
          String.format(
              "page request group %d, sent for mm %d and address 0x%x, was answered when mm"
                  + " %d had its PASID",
              answered.group(), sent.mm(), sent.page() << 12, now);
      breaches.add(Finding.breach(atPs, by.name, what, steps(atPs, by, sent, now)));
    }
  }

  private List<Standstill.Step> steps(long atPs, Agent by, Sent sent, int now) {
    StaleUse.Free free = frees.get(sent.pasid());
    List<Standstill.Step> steps = new ArrayList<>();
    steps.add(
        new Standstill.Step(
            sent.atPs(), by.name,
            String.format("asks for address 0x%x of mm %d", sent.page() << 12, sent.mm())));
    if (free.atPs() > sent.atPs()) {
      steps.add(
          new Standstill.Step(
              free.atPs(), free.actor(), "takes PASID " + sent.pasid() + " from it"));
    }
    steps.add(bindings.get(sent.pasid()));
    steps.add(
        new Standstill.Step(atPs, by.name, "gets the ANSWER FOR mm " + now));
    return steps;
  }
}

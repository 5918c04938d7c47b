package dev.shootdown.check;

import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Share;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds writes to frames that nobody may write in place: those that parent and child share after
 * fork (the second half of invariant I4), and those whose content KSM has compared (I6).
 *
 * <p>A frame counts as shared from {@code FramesShared} until {@code FramesExclusive} or its free.
 * What is written between the write-protection and {@code FramesShared} is legal: fork flushes
 * once, at its end, and KSM compares after its flush. A DMA that writes must be over by then as
 * well.
 */
public final class SharedFrameJudge extends CaseJudge {
  private record Shared(Share why, StaleUse.Free deed) {}

  private final Map<Long, Shared> shared = new LinkedHashMap<>();

  /** A judge with books of its own. */
  public SharedFrameJudge() {
    this(new Docket());
  }

  SharedFrameJudge(Docket docket) {
    super(docket);
    docket.hear(MachineFact.FramesShared.class, this::onShared);
    docket.hear(
        MachineFact.FramesExclusive.class,
        (atPs, by, fact) -> fact.pfns().forEach(shared::remove));
    docket.hear(
        MachineFact.FramesFreed.class,
        (atPs, by, fact) -> {
          if (!shared.isEmpty()) {
            fact.pfns().forEach(shared::remove);
          }
        });
    docket.hear(MachineFact.Used.class, this::onUsed);
  }

  private void onShared(long atPs, Agent by, MachineFact.FramesShared fact) {
    StaleUse.Free deed = books().deed(atPs, by, fact.operation());
    StaleUse.Kind kind =
        fact.why() == Share.FORK
            ? StaleUse.Kind.IN_FLIGHT_AT_FORK
            : StaleUse.Kind.IN_FLIGHT_AT_MERGE;
    for (long pfn : fact.pfns()) {
      shared.put(pfn, new Shared(fact.why(), deed));
      for (Dmas.Dma dma : books().dmas().writing(pfn)) {
        cases().open(kind, dma.holder(), books().subject(dma), deed, atPs);
      }
    }
  }

  private void onUsed(long atPs, Agent by, MachineFact.Used used) {
    if (!used.write() || shared.isEmpty()) {
      return;
    }
    Shared frame = shared.get(used.pfn());
    if (frame != null) {
      StaleUse.Kind kind =
          frame.why() == Share.FORK
              ? StaleUse.Kind.WRITTEN_SINCE_FORK
              : StaleUse.Kind.WRITTEN_SINCE_MERGE;
      cases().openUsed(kind, by, books().subject(by, used), frame.deed(), atPs);
    }
  }
}

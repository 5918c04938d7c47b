package dev.shootdown.kernel.hmm;

import dev.shootdown.protocol.Mirror;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * The fault buffer of a GPU that replays (Linux 6.12, nouveau_svm_fault).
 *
 * <ol>
 *   <li>The first fault in an empty buffer raises the interrupt. Its handler takes all that there
 *       are by then, in order of address, reads before writes.
 *   <li>It handles one after the other, each to its end or its time-out. What a fault before it has
 *       mapped well enough is passed over.
 *   <li>What has failed is cancelled; for the rest the GPU is told to replay, once for all. An
 *       access that finds no entry then faults again.
 * </ol>
 */
final class FaultBuffer {
  private record Pending(long request, Mirror.Want want) {}

  private static final Comparator<Pending> ORDER =
      Comparator.<Pending>comparingLong(pending -> pending.want().page())
          .thenComparing(pending -> pending.want().write());

  private final HmmMirror mirror;
  private final long replayPs;
  private final List<Pending> arrived = new ArrayList<>();
  private final Deque<Pending> batch = new ArrayDeque<>();
  private final List<Pending> handled = new ArrayList<>();
  private boolean running;

  FaultBuffer(HmmMirror mirror, long replayPs) {
    this.mirror = mirror;
    this.replayPs = replayPs;
  }

  void add(long request, Mirror.Want want) {
    arrived.add(new Pending(request, want));
    interrupt();
  }

  private void interrupt() {
    if (!running && !arrived.isEmpty()) {
      running = true;
      mirror.after(mirror.spec.costs().faultPs(), this::take);
    }
  }

  private void take() {
    arrived.sort(ORDER);
    batch.addAll(arrived);
    arrived.clear();
    next();
  }

  private void next() {
    Pending first = batch.poll();
    while (first != null && isMapped(first.want())) {
      handled.add(first);
      first = batch.poll();
    }
    if (first != null) {
      new MirrorFault(mirror, first.request(), first.want(), new Handling(first)).begin();
    } else if (handled.isEmpty()) {
      over();
    } else {
      mirror.after(replayPs, this::replay);
    }
  }

  private boolean isMapped(Mirror.Want want) {
    return mirror.table.find(want.page(), want.write()).isPresent();
  }

  private void replay() {
    for (Pending pending : handled) {
      mirror.table.find(pending.want().page(), pending.want().write())
          .ifPresentOrElse(
              leaf -> mirror.served(pending.request(), pending.want(), leaf),
              () -> faultAgain(pending));
    }
    handled.clear();
    over();
  }

  private void faultAgain(Pending pending) {
    mirror.ctx.mark(new MachineFact.FaultRetried(pending.request()));
    arrived.add(pending);
  }

  private void over() {
    running = false;
    interrupt();
  }

  private final class Handling implements MirrorFault.Ending {
    private final Pending pending;

    private Handling(Pending pending) {
      this.pending = pending;
    }

    @Override
    public void mapped(GpuTable.Leaf leaf) {
      handled.add(pending);
    }

    @Override
    public void failed() {
      mirror.failed(pending.request(), pending.want());
    }

    @Override
    public void over() {
      next();
    }
  }
}

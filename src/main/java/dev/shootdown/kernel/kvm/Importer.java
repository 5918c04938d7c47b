package dev.shootdown.kernel.kvm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.SharedTable;
import dev.shootdown.protocol.Vcpu;
import java.util.List;

/** Tells whoever has imported the second-stage table what is gone from it, range by range. */
final class Importer {
  private static final class Telling implements Job {
    private final Importer owner;
    private final long operation;
    private final List<SharedTable.Invalidate> told;
    private final Job then;
    private int next;

    private Telling(
        Importer owner, long operation, List<SharedTable.Invalidate> told, Job then) {
      this.owner = owner;
      this.operation = operation;
      this.told = told;
      this.then = then;
    }

    @Override
    public void goOn() {
      if (next == told.size()) {
        then.goOn();
        return;
      }
      SharedTable.Invalidate gone = told.get(next++);
      owner.ctx.send(
          owner.ports.at(0),
          new SharedTable.Invalidate(
              owner.threads.enter(this), operation, gone.gfns(), gone.mm(), gone.host()));
    }
  }

  private final KvmLayout layout;
  private final Ctx<?> ctx;
  private final Threads threads;
  private final Ports<SharedTable.ToImporter> ports;

  Importer(KvmLayout layout, Ctx<?> ctx, Threads threads) {
    this.layout = layout;
    this.ctx = ctx;
    this.threads = threads;
    this.ports = ctx.ports("importer", SharedTable.ToImporter.class);
  }

  /** Makes the importer forget {@code gfns}; {@code then} goes on at once if there is none. */
  void invalidate(List<PageRange> gfns, long operation, Job then) {
    if (ports.size() == 0) {
      then.goOn();
      return;
    }
    List<SharedTable.Invalidate> told =
        gfns.stream()
            .flatMap(range -> layout.slots().stream().map(slot -> gone(slot, range)))
            .filter(gone -> gone.gfns().pages() > 0)
            .toList();
    new Telling(this, operation, told, then).goOn();
  }

  private SharedTable.Invalidate gone(Vcpu.Slot slot, PageRange gfns) {
    PageRange host = slot.hostOf(gfns);
    return new SharedTable.Invalidate(-1, -1, slot.guestOf(host), layout.mm(), host);
  }

  /** It has forgotten what it was told of under {@code ticket}; false if that was nothing. */
  boolean invalidated(long ticket) {
    Telling telling = threads.take(ticket, Telling.class);
    if (telling == null) {
      return false;
    }
    telling.goOn();
    return true;
  }

  /** Answers a device's fault. */
  void answer(long request, boolean retry) {
    ctx.send(ports.at(0), new SharedTable.FaultAnswered(request, retry));
  }
}

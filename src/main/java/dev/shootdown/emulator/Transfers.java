package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.GuestDma;
import dev.shootdown.trace.MachineFact;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * What a guest's device transfers through the translations of a listener. Port: {@code guest}.
 *
 * @param <C> the listener's commands
 */
final class Transfers<C> {
  private record Transfer(long page, long endPs) {}

  private final Ctx<C> ctx;
  private final int mm;
  private final long transferPs;
  private final LongFunction<C> over;
  private final Port<GuestDma.ToGuest> guest;
  private final Map<Long, Transfer> byTag = new TreeMap<>();

  /**
   * None yet, in I/O address space {@code mm}.
   *
   * @param over the command by which the listener tells itself that a transfer is over, by tag
   */
  Transfers(Ctx<C> ctx, int mm, long transferPs, LongFunction<C> over) {
    this.ctx = ctx;
    this.mm = mm;
    this.transferPs = transferPs;
    this.over = over;
    this.guest = ctx.port("guest", GuestDma.ToGuest.class);
  }

  /** The transfer goes to {@code pfn}. */
  void begin(GuestDma.Start start, long pfn) {
    ctx.mark(new MachineFact.Used(mm, start.page(), pfn, start.write(), start.tag()));
    byTag.put(start.tag(), new Transfer(start.page(), ctx.nowPs() + transferPs));
    ctx.after(transferPs, over.apply(start.tag()));
  }

  /** There is no translation that allows it. */
  void deny(GuestDma.Start start) {
    ctx.mark(new MachineFact.Denied(mm, start.page(), start.write()));
    ctx.send(guest, new GuestDma.Ended(start.tag(), true));
  }

  /** A transfer is over. */
  void end(long tag) {
    if (byTag.remove(tag) != null) {
      ctx.mark(new MachineFact.Drained(tag));
      ctx.send(guest, new GuestDma.Ended(tag, false));
    }
  }

  /** When the last of those to {@code range} is over, in ps; now if there is none. */
  long overAtPs(PageRange range) {
    long overPs = ctx.nowPs();
    for (Transfer transfer : byTag.values()) {
      if (range.contains(transfer.page())) {
        overPs = Math.max(overPs, transfer.endPs());
      }
    }
    return overPs;
  }
}

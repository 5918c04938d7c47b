package dev.shootdown.hardware.vcpu;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Vcpu;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.Optional;

/**
 * The second-stage TLB of a vCPU, and the APIC-access address in its register: what it states as
 * filled is what it holds.
 */
final class GuestTlb {
  private final VcpuLayout layout;
  private final Ctx<?> ctx;
  private final TranslationCache cache;
  private long apicPfn = -1;

  GuestTlb(VcpuSpec spec, VcpuLayout layout, Ctx<?> ctx) {
    this.layout = layout;
    this.ctx = ctx;
    this.cache = new TranslationCache(spec.tlbEntries(), spec.tlbWays());
  }

  /** The translation of {@code gfn}, if there is one that allows the access. */
  Optional<TranslationCache.Entry> lookup(long gfn, boolean write) {
    return cache.lookup(layout.mm(), gfn).filter(entry -> entry.writable() || !write);
  }

  /** Whether {@code entry} is that of {@code gfn}; a breach if not. */
  boolean accepts(PageWalk.Entry entry, long gfn) {
    boolean own = entry.isOf(layout.space(), gfn) && entry.order() == 0;
    if (!own) {
      ctx.mark(new MachineFact.ProtocolBreach("a table answers with the entry walked for"));
    }
    return own;
  }

  void fill(PageWalk.Entry entry) {
    ctx.mark(
        new MachineFact.Filled(
            layout.mm(), layout.hostPage(entry.page()), entry.pfn(), entry.writable(),
            entry.readAtPs()));
    cache
        .insert(
            new TranslationCache.Entry(
                layout.mm(), entry.page(), entry.pfn(), entry.writable(), entry.readAtPs()))
        .ifPresent(
            gone -> dropped(PageRange.of(gone.page()), MachineFact.Cause.EVICTED));
  }

  /** INVEPT: all second-stage translations, whatever their page; not the register. */
  void forgetAll() {
    if (cache.size() > 0) {
      cache.clear();
      layout.slots().forEach(
          slot -> dropped(slot.guest(), MachineFact.Cause.INVALIDATED));
    }
  }

  void forget(PageRange gfns) {
    if (cache.invalidate(layout.mm(), gfns) > 0) {
      dropped(gfns, MachineFact.Cause.INVALIDATED);
    }
  }

  private void dropped(PageRange gfns, MachineFact.Cause cause) {
    for (Vcpu.Slot slot : layout.slots()) {
      PageRange host = slot.hostOf(gfns);
      if (host.pages() > 0) {
        ctx.mark(new MachineFact.Dropped(layout.mm(), host, cause));
      }
    }
  }

  /** The access goes to memory. */
  void used(long gfn, long pfn, boolean write) {
    ctx.mark(new MachineFact.Used(layout.mm(), layout.hostPage(gfn), pfn, write, -1));
  }

  /** Writes the register. */
  void loadApic(Vcpu.ApicAddress address) {
    PageRange page = PageRange.of(layout.registerPage());
    if (apicPfn >= 0) {
      ctx.mark(new MachineFact.Dropped(layout.mm(), page, MachineFact.Cause.INVALIDATED));
    }
    apicPfn = address.pfn();
    ctx.mark(
        new MachineFact.Filled(
            layout.mm(), page.firstPage(), apicPfn, false, address.readAtPs()));
  }

  /**
   * The CPU compares the frame that an access to the APIC page leads to with the register.
   *
   * @return whether it knows the access for one to the APIC
   */
  boolean isApic(long pfn) {
    ctx.mark(new MachineFact.Used(layout.mm(), layout.registerPage(), apicPfn, false, -1));
    if (pfn != apicPfn) {
      ctx.mark(
          new MachineFact.ProtocolBreach(
              String.format(
                  "the APIC page stands in frame 0x%x and the register says 0x%x: the guest reached"
                      + " raw memory",
                  pfn, apicPfn)));
    }
    return pfn == apicPfn;
  }
}

package dev.shootdown.hardware.cpu;

import dev.shootdown.address.Access;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.Optional;

/**
 * Loads and stores: they look into the TLB, or walk the page table by messages.
 *
 * <p>A store through an entry that is not dirty walks again, so that the page table learns of it;
 * what the walk finds decides, not what was cached (Intel SDM 3A, 4.8). A walk that a flush
 * overtakes is begun again: its answer may be what the flush was about.
 */
final class Touches {
  private static final long NONE = -1;

  private final CpuSpec spec;
  private final int cpu;
  private final Ctx<?> ctx;
  private final Ports<PageWalk.ToTable> tables;
  private final Contexts contexts;
  private final Steps steps;
  private long walkTag = NONE;
  private boolean fromCache;
  private long lastTag = NONE;

  Touches(CpuSpec spec, int cpu, Ctx<?> ctx, Contexts contexts, Steps steps) {
    this.spec = spec;
    this.cpu = cpu;
    this.ctx = ctx;
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
    this.contexts = contexts;
    this.steps = steps;
  }

  /** Starts the access again after an interrupt, unless that has taken the tables away. */
  void touchAgain(Program.Touch touch) {
    walkTag = NONE;
    if (contexts.loaded().mm() == touch.mm()) {
      touch(touch);
    } else {
      steps.over(Account.USER, new Program.Faulted(touch.page(), touch.access()));
    }
  }

  /** Starts the access. */
  void touch(Program.Touch touch) {
    Optional<CpuTlb.Hit> hit = contexts.lookup(touch.mm(), touch.page());
    if (hit.isPresent() && suits(hit.get().entry(), touch)) {
      use(hit.get().entry(), touch, hit.get().fromL2() ? spec.l2LatencyPs() : 0);
    } else {
      walk(touch);
    }
  }

  private static boolean suits(TranslationCache.Entry entry, Program.Touch touch) {
    return touch.access() == Access.READ || entry.writable() && entry.dirty();
  }

  private void walk(Program.Touch touch) {
    walkTag = steps.nextNumber();
    lastTag = walkTag;
    long table = contexts.walkFrom(touch.mm(), touch.page());
    fromCache = table >= 0;
    ctx.send(
        tables.at(touch.mm()),
        new PageWalk.Walk(
            cpu, walkTag, touch.mm(), touch.page(), touch.access() == Access.WRITE, table));
  }

  /** The answer to a walk; one that was begun again since is not listened to. */
  void answered(PageWalk.Entry entry, boolean away) {
    if (entry.tag() > lastTag) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answers what it was asked"));
      return;
    }
    if (away || entry.tag() != walkTag || !(steps.current() instanceof Program.Touch touch)) {
      return;
    }
    if (!entry.isOf(touch.mm(), touch.page())) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answers with the entry walked for"));
      return;
    }
    walkTag = NONE;
    if (!fromCache) {
      contexts.learn(entry);
    }
    boolean allowed = entry.isPresent() && (entry.writable() || touch.access() == Access.READ);
    if (allowed) {
      use(contexts.fill(entry), touch, fromCache ? spec.walkCachedPs() : spec.walkPs());
    } else {
      steps.over(Account.USER, new Program.Faulted(touch.page(), touch.access()));
    }
  }

  /** A broadcast came by; a walk that it may have overtaken is begun again. */
  void forgotten(Broadcast.What what, boolean away) {
    if (walkTag != NONE && !away && steps.current() instanceof Program.Touch touch
        && (what.mm() == Broadcast.EVERY_SPACE
            || what.mm() == touch.mm() && what.range().contains(touch.page()))) {
      walk(touch);
    }
  }

  private void use(TranslationCache.Entry entry, Program.Touch touch, long extraPs) {
    ctx.mark(
        new MachineFact.Used(
            entry.mm(), touch.page(), entry.pfnOf(touch.page()),
            touch.access() == Access.WRITE, -1));
    steps.takeTime(spec.accessPs() + extraPs);
  }
}

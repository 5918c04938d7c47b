package dev.shootdown.kernel.kvm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.kernel.notifier.HostFaults;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;

/** What the threads in one VM's KVM share. */
final class VmState {
  final KvmSpec spec;
  final KvmLayout layout;
  final Ctx<KvmMmu.Command> ctx;
  final Threads threads;
  final MmuLock lock = new MmuLock();
  final Brackets brackets;
  final StageTwo table;
  final HostWalks walks;
  final HostFaults host;
  final RemoteFlush vcpus;
  final Importer importer;
  final PfnCaches caches;

  VmState(KvmSpec spec, KvmLayout layout, Ctx<KvmMmu.Command> ctx) {
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.threads = new Threads(ctx);
    this.brackets = new Brackets(spec.checks());
    this.table = new StageTwo(layout, ctx);
    this.walks = new HostWalks(layout, ctx);
    this.host = new HostFaults(layout.mm());
    this.vcpus = new RemoteFlush(spec, ctx, threads);
    this.importer = new Importer(layout, ctx, threads);
    this.caches = new PfnCaches(this);
  }

  /** States what is kept of brackets, after it has changed. */
  void counted() {
    ctx.mark(
        new MachineFact.BracketsCounted(
            layout.mm(), brackets.inProgress(), brackets.sequence()));
  }

  /** Whether the host's entry is good enough for the access. */
  static boolean serves(PageWalk.Entry entry, boolean write) {
    return entry.isPresent() && (entry.writable() || !write);
  }

  /** The frame of {@code hostPage}, which {@code entry} translates. */
  static long pfn(PageWalk.Entry entry, long hostPage) {
    return entry.pfn() + hostPage - entry.page();
  }
}

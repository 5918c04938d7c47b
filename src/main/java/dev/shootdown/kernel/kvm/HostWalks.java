package dev.shootdown.kernel.kvm;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Ports;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.trace.MachineFact;
import java.util.Map;
import java.util.TreeMap;

/** Reads the host's page table without a lock, as GUP-fast does. */
final class HostWalks {
  /** Who wants to know. */
  interface Reader {
    /** What stood in the host's table. */
    void found(PageWalk.Entry entry);
  }

  private final KvmLayout layout;
  private final Ctx<?> ctx;
  private final Ports<PageWalk.ToTable> tables;
  private final Map<Long, Reader> readers = new TreeMap<>();
  private long tags;

  HostWalks(KvmLayout layout, Ctx<?> ctx) {
    this.layout = layout;
    this.ctx = ctx;
    this.tables = ctx.ports("tables", PageWalk.ToTable.class);
  }

  void read(long hostPage, boolean forWrite, Reader reader) {
    readers.put(tags, reader);
    ctx.send(
        tables.at(layout.mm()),
        new PageWalk.Walk(layout.walkerNumber(), tags++, layout.mm(), hostPage, forWrite));
  }

  void answered(PageWalk.Entry entry) {
    Reader reader = readers.remove(entry.tag());
    if (reader == null) {
      ctx.mark(new MachineFact.ProtocolBreach("a page table answered a walk that is not open"));
      return;
    }
    reader.found(entry);
  }
}

package dev.shootdown.hardware.cpu;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.kernel.arch.X86FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.stream.Stream;

/** CPU 0 of four with a written program; the test plays everything around it. */
final class CpuRig {
  static final long NS = 1_000;
  static final int MM = 1;

  /** L1: 2 sets of 1 way; L2: 2 sets of 2 ways. */
  static final CpuSpec SPEC =
      new CpuSpec(
          2, 1, 4, 2, 4 * NS, 20 * NS, NS, 50 * NS, 100 * NS, 150 * NS, 200 * NS, 200 * NS,
          100 * NS, 1000 * NS, 6);

  /** From an interrupt to its acknowledgement, if one page is flushed. */
  static final long ENTRY_AND_FLUSH_PS = 350 * NS;

  /** From an interrupt until the interrupted step goes on, if one page is flushed. */
  static final long STOLEN_PS = 450 * NS;

  final RecordingCtx<Cpu.Command> ctx;
  final PartHarness<Cpu.Command> part;
  final Script script;

  CpuRig(Program.Step... steps) {
    this(SPEC, List.of(steps));
  }

  CpuRig(CpuSpec spec, List<Program.Step> steps) {
    this.script = new Script(steps);
    this.ctx = new RecordingCtx<Cpu.Command>("cpu0")
        .withPorts("cpus", 4).withPorts("domains", 20).withPorts("iommus", 2)
        .withPorts("tables", 10).withPorts("dvm", 1);
    this.part = new PartHarness<>(ctx, given ->
        Cpu.create(spec, new CpuLayout(0, script, new X86FlushHandler()), given));
    part.runUntil(0);
  }

  /** A CPU that has address space 1 loaded at generation 1. */
  static CpuRig loaded(Program.Step... steps) {
    return new CpuRig(
        SPEC,
        Stream.concat(Stream.of(new Program.Load(MM, 1)), Stream.of(steps)).toList());
  }

  static Program.Touch read(long page) {
    return new Program.Touch(MM, page, Access.READ);
  }

  static Program.Touch write(long page) {
    return new Program.Touch(MM, page, Access.WRITE);
  }

  static Ipi.Flush flush(int from, long generation, PageRange range) {
    return new Ipi.Flush(from, 70 + from, MM, generation, range);
  }

  void interrupt(long atPs, Ipi body) {
    part.tellAt(atPs, new Cpu.Interrupted(body));
  }

  /** The walks that it asked for since the last call. */
  List<PageWalk.Walk> walks() {
    return part.take("tables", PageWalk.Walk.class);
  }

  void answer(long atPs, PageWalk.Walk walk, long pfn, boolean writable) {
    part.tellAt(atPs, new Cpu.TableAnswered(
        new PageWalk.Entry(walk.tag(), walk.mm(), walk.page(), pfn, writable, atPs)));
  }

  /** Answers the one walk under way with a writable entry. */
  void fill(long atPs, long pfn) {
    part.runUntil(atPs);
    List<PageWalk.Walk> walks = walks();
    answer(atPs, walks.get(walks.size() - 1), pfn, true);
  }

  void reply(long atPs, KernelCall.Reply reply) {
    part.tellAt(atPs, new Cpu.KernelAnswered(reply));
  }

  List<RecordingCtx.Sent> acknowledgements() {
    return part.takeSent("cpus").stream()
        .filter(sent -> sent.message() instanceof Ipi.Done).toList();
  }

  List<MachineFact.Dropped> dropped() {
    return part.marks(MachineFact.Dropped.class);
  }
}

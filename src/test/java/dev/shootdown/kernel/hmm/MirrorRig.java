package dev.shootdown.kernel.hmm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;

/** A mirror of pages 100 to 103 under a driver, with nothing around it. */
final class MirrorRig {
  static final PageRange AREA = new PageRange(100, 4);
  static final PageRange ELSEWHERE = new PageRange(500, 4);
  static final MirrorCosts COSTS = new MirrorCosts(10, 20, 30, 40, 50, 60, 7);

  private static final int MM = 0;
  private static final long TIMEOUT_PS = 1_000_000;

  final PartHarness<HmmMirror.Command> part;
  private long tickets;

  MirrorRig(MirrorDriver driver) {
    MirrorSpec spec = new MirrorSpec(TIMEOUT_PS, true, true, COSTS);
    MirrorLayout layout = new MirrorLayout(MM, AREA, 5, driver);
    part = new PartHarness<>(
        new RecordingCtx<HmmMirror.Command>("m0.mirror")
            .withPorts("cpus", 2).withPorts("tables", 1),
        ctx -> HmmMirror.create(spec, layout, ctx));
  }

  void want(int job, long page, boolean write) {
    part.tell(new HmmMirror.GpuSaid(new Mirror.Want(job, page, write)));
  }

  void start(PageRange range, boolean blockable) {
    call(new KernelCall.SubscriberStart(MM, range, MachineFact.Event.CLEAR, blockable));
  }

  /** The whole bracket of an unmap of what was not mapped here. */
  void unmap(PageRange range) {
    call(new KernelCall.SubscriberStart(MM, range, MachineFact.Event.UNMAP, true));
    runFor(1_000);
    end(range);
  }

  void end(PageRange range) {
    call(new KernelCall.SubscriberEnd(MM, range));
  }

  private void call(KernelCall.Request request) {
    part.tell(new HmmMirror.Called(new KernelCall.Call(1, 9, tickets++, request)));
  }

  /** The GPU has forgotten what it was told to forget, if it was. */
  void forgotten() {
    part.tell(new HmmMirror.GpuSaid(new Mirror.Forgotten()));
  }

  /** Pages that the driver looks up in the process. */
  List<Long> walked() {
    return part.take("tables", PageWalk.Walk.class).stream().map(PageWalk.Walk::page).toList();
  }

  /** Answers the only walk that is under way: there is nothing. */
  void absent() {
    present(-1);
  }

  /** Answers the only walk that is under way: the page is in {@code pfn}. */
  void present(long pfn) {
    List<PageWalk.Walk> walks = part.take("tables", PageWalk.Walk.class);
    assertThat(walks).hasSize(1);
    part.tell(
        new HmmMirror.TableAnswered(
            new PageWalk.Entry(
                walks.get(0).tag(), MM, walks.get(0).page(), pfn, pfn >= 0, part.nowPs())));
  }

  void runFor(long ps) {
    part.runUntil(part.nowPs() + ps);
  }

  List<KernelCall.Result> results() {
    return part.take("cpus", KernelCall.Reply.class).stream()
        .map(KernelCall.Reply::result).toList();
  }

  int retries() {
    return part.marks(MachineFact.FaultRetried.class).size();
  }

  List<Mirror.ToGpu> toldToGpu() {
    return part.take("gpu", Mirror.ToGpu.class);
  }
}

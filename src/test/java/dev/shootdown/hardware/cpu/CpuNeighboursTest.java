package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.MM;
import static dev.shootdown.hardware.cpu.CpuRig.NS;
import static dev.shootdown.hardware.cpu.CpuRig.flush;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.Broadcast;
import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Ipi;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CpuNeighboursTest {
  private static final PageRange PAGE = PageRange.of(7);
  private static final long US = 1_000 * NS;
  private static final Program.Until BUSY = new Program.Until(100 * US, false);

  private static CpuSpec spec(boolean coalesce, PreemptionSpec preemption) {
    return new CpuSpec(
        2, 1, 4, 2, 4 * NS, 20 * NS, NS, 50 * NS, 100 * NS, 150 * NS, 200 * NS, 200 * NS,
        100 * NS, US, 6, 4, 5 * NS, coalesce, 20 * NS, true, 70 * NS, 30 * NS, preemption);
  }

  private static CpuRig loaded(CpuSpec spec, Program.Step... steps) {
    return new CpuRig(
        spec, Stream.concat(Stream.of(new Program.Load(MM, 1)), Stream.of(steps)).toList());
  }

  private static CpuRig loaded(Program.Step... steps) {
    return loaded(spec(false, PreemptionSpec.NEVER), steps);
  }

  private static Broadcast.Forget forget(long number, PageRange range, FlushHandler.Walks walks) {
    return new Broadcast.Forget(
        number, new Broadcast.What(MM, range, Broadcast.NO_GENERATION, walks, false));
  }

  private static void answer(CpuRig cpu, long pfn, boolean dirty, int order, long table) {
    List<PageWalk.Walk> walks = cpu.walks();
    PageWalk.Walk walk = walks.get(walks.size() - 1);
    cpu.part.tell(new Cpu.TableAnswered(new PageWalk.Entry(
        walk.tag(), walk.mm(), walk.page() >> order << order, pfn, true, cpu.part.nowPs(), dirty,
        order, table)));
  }

  @Test
  void shouldWalkAgainWhenAPageIsWrittenThroughACleanEntry() {
    CpuRig cpu = loaded(CpuRig.read(7), CpuRig.write(7), CpuRig.write(7));
    answer(cpu, 70, false, 0, -1);
    cpu.part.settle();
    answer(cpu, 70, true, 0, -1);
    cpu.part.settle();

    assertThat(cpu.walks()).as("the third access needs none").isEmpty();
    assertThat(cpu.part.marks(MachineFact.Used.class)).hasSize(3);
  }

  @Test
  void shouldFaultWhenTheEntryIsGoneThatACleanCopyWasMadeOf() {
    CpuRig cpu = loaded(CpuRig.read(7), CpuRig.write(7));
    answer(cpu, 70, false, 0, -1);
    cpu.part.settle();
    answer(cpu, -1, false, 0, -1);

    assertThat(cpu.script.outcome(2)).isInstanceOf(Program.Faulted.class);
    assertThat(cpu.part.marks(MachineFact.Used.class)).hasSize(1);
  }

  @Test
  void shouldServeAllPagesOfALargeEntry() {
    CpuRig cpu = loaded(CpuRig.read(700), CpuRig.read(513));
    answer(cpu, 5120, true, 9, -1);
    cpu.part.settle();

    assertThat(cpu.walks()).isEmpty();
    assertThat(cpu.part.marks(MachineFact.Used.class)).extracting(MachineFact.Used::pfn)
        .containsExactly(5120L + 188, 5121L);
    assertThat(cpu.part.marks(MachineFact.Filled.class)).extracting(MachineFact.Filled::order)
        .containsExactly(9);
  }

  @Test
  void shouldStartFromTheTableThatItKnowsUntilAnInterruptFlushesAnyPage() {
    CpuRig cpu = loaded(CpuRig.read(7), CpuRig.read(8), BUSY, CpuRig.read(9));
    answer(cpu, 70, true, 0, 33);
    cpu.part.runUntil(US);
    assertThat(cpu.part.marks(MachineFact.WalkUsed.class))
        .containsExactly(new MachineFact.WalkUsed(MM, 8, 33));
    answer(cpu, 71, true, 0, 33);
    cpu.interrupt(10 * US, flush(1, 2, PageRange.of(100)));
    cpu.part.settle();

    assertThat(cpu.part.marks(MachineFact.WalkDropped.class))
        .containsExactly(new MachineFact.WalkDropped(MM, PageRange.ALL));
    assertThat(cpu.walks()).hasSize(1).allMatch(walk -> walk.table() == -1);
  }

  @Test
  void shouldForgetAtOnceAndAcknowledgeWhenABroadcastComesBy() {
    CpuRig cpu = loaded(CpuRig.read(7), BUSY, CpuRig.read(7));
    answer(cpu, 70, true, 0, 33);
    cpu.part.tellAt(US, new Cpu.Snooped(forget(5, PAGE, FlushHandler.Walks.KEEP)));
    cpu.part.settle();

    assertThat(cpu.part.takeSent("dvm")).hasSize(1)
        .allMatch(sent -> sent.message().equals(new Broadcast.Forgotten(0, 5)));
    assertThat(cpu.part.marks(MachineFact.Stolen.class)).as("nothing is stolen").isEmpty();
    assertThat(cpu.part.marks(MachineFact.WalkDropped.class)).isEmpty();
    assertThat(cpu.walks()).hasSize(1).allMatch(walk -> walk.table() == 33);
  }

  @Test
  void shouldIgnoreABroadcastWhenItUsesAnotherIdentifier() {
    CpuRig cpu = loaded(CpuRig.read(7), BUSY, CpuRig.read(7));
    answer(cpu, 70, true, 0, -1);
    cpu.part.tellAt(US, new Cpu.Snooped(new Broadcast.Forget(5, new Broadcast.What(
        MM, PAGE, 2, FlushHandler.Walks.KEEP, true))));
    cpu.part.settle();

    assertThat(cpu.walks()).isEmpty();
    assertThat(cpu.part.takeSent("dvm")).as("the hardware answers all the same").hasSize(1);
  }

  @Test
  void shouldWaitForTheInterconnectAndBookIt() {
    Broadcast.What what = new Broadcast.What(MM, PAGE, 2, FlushHandler.Walks.ALL, false);
    CpuRig cpu = loaded(
        new Program.Begin("test", MM, PAGE), new Program.Issue(what, 3), new Program.Sync(),
        new Program.End());
    cpu.part.runUntil(US);
    assertThat(cpu.part.takeSent("dvm")).extracting(sent -> sent.message()).element(0)
        .isEqualTo(new Broadcast.Invalidate(0, what, 3));
    cpu.part.tellAt(2 * US, new Cpu.Snooped(new Broadcast.Synced(0)));

    assertThat(cpu.script.endPs(2)).as("30 ns each").isEqualTo(90 * NS);
    assertThat(cpu.part.marks(MachineFact.Booked.class)).contains(new MachineFact.Booked(
        1, Account.BROADCAST_WAIT, 90 * NS, 2 * US));
  }

  @Test
  void shouldTakeTheSecondFlushIntoAccountWhenUserModeHasItsOwnTables() {
    CpuRig cpu = loaded(new Program.FlushLocal(MM, 2, new PageRange(7, 3)));
    cpu.part.settle();

    assertThat(cpu.script.endPs(1)).isEqualTo(50 * NS + 3 * (100 + 70) * NS);
  }

  @Test
  void shouldInterruptOnlyCpusWhoseQueueWasEmptyWhenCoalescing() {
    CpuRig cpu = loaded(
        spec(true, PreemptionSpec.NEVER),
        new Program.Interrupt(List.of(1, 3), MM, 2, PAGE), new Program.AwaitAcks());
    cpu.part.settle();
    assertThat(cpu.part.take("cpus", Ipi.class)).allMatch(Ipi.Queue.class::isInstance).hasSize(2);
    cpu.interrupt(US, new Ipi.Probed(3, true));
    cpu.interrupt(US, new Ipi.Probed(1, false));
    cpu.part.settle();

    assertThat(cpu.part.takeSent("cpus")).hasSize(1)
        .allMatch(sent -> sent.member() == 1 && sent.message() instanceof Ipi.Kick);
    assertThat(cpu.part.marks(MachineFact.InterruptSent.class)).hasSize(1);
    cpu.interrupt(2 * US, new Ipi.Done(1, -1));
    cpu.interrupt(2 * US, new Ipi.Done(3, -1));
    assertThat(cpu.script.isOver(2)).isTrue();
  }

  @Test
  void shouldStayOutOfTheHandlerUntilItIsKicked() {
    CpuRig cpu = loaded(BUSY);
    Ipi.Flush one = flush(1, 2, PAGE);
    Ipi.Flush two = flush(2, 3, PAGE);
    cpu.interrupt(US, new Ipi.Queue(1, one.operation(), one.what()));
    cpu.interrupt(2 * US, new Ipi.Queue(2, two.operation(), two.what()));
    assertThat(cpu.part.takeSent("cpus")).extracting(sent -> sent.message())
        .containsExactly(new Ipi.Probed(0, false), new Ipi.Probed(0, true));
    cpu.interrupt(3 * US, new Ipi.Kick(1));
    cpu.part.settle();

    assertThat(cpu.acknowledgements()).as("one entry serves both").hasSize(2);
    assertThat(cpu.part.marks(MachineFact.Occupied.class)).extracting(MachineFact.Occupied::used)
        .containsExactly(1, 2, 1, 0);
  }

  @Test
  void shouldFlushBeforeItRunsAgainWhenItWasFlaggedWhilePreempted() {
    CpuRig cpu = loaded(
        spec(false, new PreemptionSpec(US, 0, 5 * US)),
        CpuRig.read(7), new Program.Spend(Account.USER, 3 * US), CpuRig.read(7));
    answer(cpu, 70, true, 0, -1);
    cpu.interrupt(2 * US, new Ipi.Probe(1, Ipi.Question.FLUSH_ON_ENTRY, MM));
    assertThat(cpu.part.takeSent("cpus")).extracting(sent -> sent.message())
        .containsExactly(new Ipi.Probed(0, true));
    cpu.part.settle();

    assertThat(cpu.part.marks(MachineFact.WasPreempted.class))
        .containsExactly(new MachineFact.WasPreempted(US));
    assertThat(cpu.walks()).as("nothing is left of page 7").hasSize(1);
    assertThat(cpu.script.endPs(2)).as("5 us later").isEqualTo(21 * NS + 8 * US);
  }

  @Test
  void shouldNotBeFlaggedWhenItRuns() {
    CpuRig cpu = loaded(BUSY);
    cpu.interrupt(2 * US, new Ipi.Probe(1, Ipi.Question.FLUSH_ON_ENTRY, MM));

    assertThat(cpu.part.takeSent("cpus")).extracting(sent -> sent.message())
        .containsExactly(new Ipi.Probed(0, false));
  }

  @Test
  void shouldServeAnInterruptOnlyWhenItRunsAgain() {
    CpuRig cpu = loaded(spec(false, new PreemptionSpec(US, 0, 5 * US)), BUSY);
    cpu.interrupt(2 * US, flush(1, 2, PAGE));
    cpu.part.settle();

    assertThat(cpu.acknowledgements()).hasSize(1)
        .allMatch(sent -> sent.atPs() > 6 * US);
  }

  @Test
  void shouldStateTheLongestStretchWithoutInterrupts() {
    Program.Interrupts off = new Program.Interrupts(false);
    Program.Interrupts on = new Program.Interrupts(true);
    CpuRig cpu = loaded(
        new Program.Begin("test", MM, PAGE),
        off, new Program.Spend(Account.SOFTWARE, US), on,
        off, new Program.Spend(Account.SOFTWARE, US / 2), on,
        off, new Program.Spend(Account.SOFTWARE, 2 * US), on, new Program.End());
    cpu.part.settle();

    assertThat(cpu.part.marks(MachineFact.InterruptsWereOff.class)).containsExactly(
        new MachineFact.InterruptsWereOff(1, 0),
        new MachineFact.InterruptsWereOff(1, 3 * US / 2));
  }
}

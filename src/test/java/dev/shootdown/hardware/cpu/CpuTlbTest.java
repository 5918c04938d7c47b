package dev.shootdown.hardware.cpu;

import static dev.shootdown.hardware.cpu.CpuRig.MM;
import static dev.shootdown.hardware.cpu.CpuRig.NS;
import static dev.shootdown.hardware.cpu.CpuRig.read;
import static dev.shootdown.hardware.cpu.CpuRig.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuTlbTest {
  @Test
  void shouldWalkOnceWhenAPageIsTouchedTwice() {
    CpuRig cpu = CpuRig.loaded(read(7), read(7));
    List<PageWalk.Walk> walks = cpu.walks();
    assertThat(walks).containsExactly(
        new PageWalk.Walk(0, walks.get(0).tag(), MM, 7, false));

    cpu.answer(30 * NS, walks.get(0), 70, true);
    cpu.part.settle();

    assertThat(cpu.walks()).isEmpty();
    assertThat(cpu.script.endPs(1)).as("walk and access").isEqualTo(51 * NS);
    assertThat(cpu.script.endPs(2)).as("access alone").isEqualTo(52 * NS);
    assertThat(cpu.part.marks(MachineFact.Filled.class))
        .containsExactly(new MachineFact.Filled(MM, 7, 70, true, 30 * NS));
    assertThat(cpu.part.marks(MachineFact.Used.class)).hasSize(2)
        .allMatch(used -> used.pfn() == 70 && used.transfer() == -1 && !used.write());
  }

  @Test
  void shouldTakeLongerWhenOnlyTheSecondLevelHits() {
    CpuRig cpu = CpuRig.loaded(read(0), read(2), read(0), read(0));
    cpu.fill(0, 70);
    cpu.fill(100 * NS, 72);
    cpu.part.settle();

    assertThat(cpu.script.endPs(3) - cpu.script.endPs(2)).isEqualTo(5 * NS);
    assertThat(cpu.script.endPs(4) - cpu.script.endPs(3)).as("back in L1").isEqualTo(NS);
    assertThat(cpu.walks()).isEmpty();
  }

  @Test
  void shouldStateWhatItDropsWhenASetIsFull() {
    CpuRig cpu = CpuRig.loaded(read(0), read(2), read(4), read(2), read(0));
    cpu.fill(0, 70);
    cpu.fill(100 * NS, 72);
    cpu.fill(200 * NS, 74);
    cpu.part.settle();

    assertThat(cpu.dropped()).containsExactly(new MachineFact.Dropped(
        MM, PageRange.of(0), MachineFact.Cause.EVICTED));
    assertThat(cpu.walks()).extracting(PageWalk.Walk::page).as("2 stayed").containsExactly(0L);
  }

  @Test
  void shouldWalkAgainAndFaultWhenAReadOnlyEntryIsWritten() {
    CpuRig cpu = CpuRig.loaded(read(7), write(7));
    cpu.answer(0, cpu.walks().get(0), 70, false);
    cpu.part.settle();
    List<PageWalk.Walk> again = cpu.walks();
    assertThat(again).hasSize(1).allMatch(PageWalk.Walk::forWrite);

    cpu.answer(100 * NS, again.get(0), 70, false);

    assertThat(cpu.script.outcome(2)).isEqualTo(new Program.Faulted(7, Access.WRITE));
    assertThat(cpu.part.marks(MachineFact.Used.class)).as("the read alone").hasSize(1);
  }

  @Test
  void shouldWriteWhenTheEntryHasBecomeWritable() {
    CpuRig cpu = CpuRig.loaded(read(7), write(7), read(7));
    cpu.answer(0, cpu.walks().get(0), 70, false);
    cpu.part.settle();
    cpu.answer(100 * NS, cpu.walks().get(0), 71, true);
    cpu.part.settle();

    assertThat(cpu.script.outcome(2)).isEqualTo(new Program.Done());
    assertThat(cpu.part.marks(MachineFact.Used.class)).extracting(MachineFact.Used::pfn)
        .as("the new entry replaces the old one").containsExactly(70L, 71L, 71L);
  }

  @Test
  void shouldFaultAndCacheNothingWhenThePageIsNotPresent() {
    CpuRig cpu = CpuRig.loaded(read(7), read(7));
    cpu.answer(5 * NS, cpu.walks().get(0), -1, false);

    assertThat(cpu.script.outcome(1)).isEqualTo(new Program.Faulted(7, Access.READ));
    assertThat(cpu.script.endPs(1)).isEqualTo(5 * NS);
    assertThat(cpu.part.marks(MachineFact.Filled.class)).isEmpty();
    assertThat(cpu.walks()).as("the second touch").hasSize(1);
  }

  @Test
  void shouldKeepAddressSpacesApartWhenTheyUseTheSamePage() {
    CpuRig cpu = CpuRig.loaded(
        read(7), new Program.Load(2, 1), new Program.Touch(2, 7, Access.READ));
    cpu.fill(0, 70);
    cpu.part.settle();

    assertThat(cpu.part.takeSent("tables")).hasSize(1)
        .allMatch(sent -> sent.member() == 2);
  }
}

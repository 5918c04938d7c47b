package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.PasidRules;
import dev.shootdown.kernel.notifier.PasidRules.Act;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Address spaces 1 and 2 have PASID 9 in turn, on devices of two IOMMUs; 0 has its number. */
class GivenPasidsTest {
  private static final int PASID = 9;
  private static final Map<Integer, Integer> PASIDS = Map.of(1, PASID, 2, PASID);

  private final Bindings bindings = new Bindings();
  private final PasidRules rules = new GivenPasids(PASIDS, bindings, 7, 1, CommandQueues.FREE);

  GivenPasidsTest() {
    bindings.bind(PASID, 0, 3);
    bindings.bind(PASID, 0, 3);
    bindings.bind(PASID, 1);
    bindings.bind(0, 0, 4);
  }

  private List<Program.Step> steps(Act act) {
    return ProgramHarness.run(rules.act(act, 8, 2), request -> new KernelCall.Ok());
  }

  private static List<List<Invalidation.Descriptor>> submitted(List<Program.Step> steps) {
    return ProgramHarness.of(steps, Program.Submit.class).stream()
        .map(Program.Submit::descriptors).toList();
  }

  private static List<KernelCall.Request> asked(List<Program.Step> steps) {
    return ProgramHarness.of(steps, Program.Ask.class).stream().map(Program.Ask::request)
        .toList();
  }

  @Test
  void shouldTellSoftwareBeforeAnyEntryNamesTheTable() {
    List<Program.Step> steps = steps(Act.BIND);

    assertThat(steps.get(0)).isInstanceOf(Program.Ask.class);
    assertThat(asked(steps)).containsExactly(new KernelCall.BindPasid(PASID, 2));
    assertThat(submitted(steps)).hasSize(2)
        .containsOnly(List.of(new Invalidation.PasidEntry(PASID, 2, true)));
  }

  @Test
  void shouldOnlyTakeTheEntryAwayWhenItIsCleared() {
    assertThat(submitted(steps(Act.CLEAR))).hasSize(2)
        .containsOnly(List.of(new Invalidation.PasidEntry(PASID, 2, false)));
    assertThat(asked(steps(Act.CLEAR))).isEmpty();
    assertThat(asked(steps(Act.DRAIN)))
        .containsExactly(new KernelCall.DrainPageRequests(PASID));
    assertThat(asked(steps(Act.FREE))).containsExactly(new KernelCall.FreePasid(PASID));
  }

  @Test
  void shouldFlushTheIotlbBehindAFenceAndDrainWithTheDevices() {
    assertThat(submitted(steps(Act.FLUSH))).containsExactly(
        List.of(
            new Invalidation.Iotlb(PASID, PageRange.ALL), new Invalidation.Wait(true, false, 0),
            new Invalidation.DeviceTlb(3, PASID, PageRange.ALL),
            new Invalidation.Wait(false, true, 0)),
        List.of(
            new Invalidation.Iotlb(PASID, PageRange.ALL), new Invalidation.Wait(true, false, 0),
            new Invalidation.Wait(false, true, 0)));
  }

  /** What the drivers behind it flush for address space {@code mm}. */
  private static List<Integer> flushed(int mm, boolean bound) {
    List<Integer> flushed = new ArrayList<>();
    SecondaryDriver driver =
        new BoundDriver(
            job -> {
              flushed.add(job.mm());
              return (last, nowPs) -> new Program.Finish();
            },
            PASIDS, 7);
    FlushRules.Job job = new FlushRules.Job(8, mm, PageRange.of(5), false);
    ProgramHarness.run(driver.flush(job), request -> new KernelCall.Bound(bound));
    ProgramHarness.run(driver.defer(job), request -> new KernelCall.Bound(bound));
    return flushed;
  }

  @Test
  void shouldFlushThePasidOnlyWhileTheAddressSpaceHasIt() {
    assertThat(flushed(1, true)).containsExactly(PASID, PASID);
    assertThat(flushed(1, false)).isEmpty();
    assertThat(flushed(0, false)).as("its number, for ever").containsExactly(0, 0);
  }
}

package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.Invalidation.DeviceTlb;
import dev.shootdown.protocol.Invalidation.Iotlb;
import dev.shootdown.protocol.Invalidation.Wait;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.protocol.ProgramHarness;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each driver writes to its queue. Vectors after the kernels named in the drivers. */
class DriversTest {
  private static final int MM = 1;
  private static final PageRange EMPTY = new PageRange(0, 0);

  private final Bindings bindings = new Bindings();

  private List<Program.Step> steps(SecondaryDriver driver, PageRange range) {
    return ProgramHarness.run(driver.flush(new FlushRules.Job(8, MM, range, false)),
        request -> new KernelCall.Ok());
  }

  private List<List<Invalidation.Descriptor>> submitted(
      SecondaryDriver driver, PageRange range) {
    return ProgramHarness.of(steps(driver, range), Program.Submit.class).stream()
        .map(Program.Submit::descriptors).toList();
  }

  @Test
  void shouldDoNothingWhenNoDeviceIsBound() {
    for (SecondaryDriver driver : List.of(
        new VtdDriver(VtdDriverSpec.linux612(1, 18), bindings),
        new IntelSvmDriver(bindings, 1, false, false,
            CommandQueues.FREE),
        new AmdDriver(bindings, 1, 0), new AmdV2Driver(bindings, 1, 0),
        new SmmuDriver(SmmuDriverSpec.linux612(1, true), bindings))) {
      assertThat(steps(driver, PageRange.ALL)).isEmpty();
    }
  }

  /** No page table behind the PASID before anything is forgotten: else it could come back. */
  @Test
  void shouldTakeThePageTableAwayFirstWhenAnAddressSpaceGoes() {
    bindings.bind(MM, 0, 3);
    for (SecondaryDriver driver : List.of(
        new VtdDriver(VtdDriverSpec.linux612(1, 18), bindings),
        new IntelSvmDriver(bindings, 1, false, false,
            CommandQueues.FREE),
        new AmdDriver(bindings, 1, 0), new AmdV2Driver(bindings, 1, 0),
        new SmmuDriver(SmmuDriverSpec.linux612(1, true), bindings))) {
      FlushRules.Job job = new FlushRules.Job(8, MM, PageRange.ALL, true)
          .with(FlushRules.Binding.RELEASING);
      List<List<Invalidation.Descriptor>> submitted =
          ProgramHarness.of(
              ProgramHarness.run(driver.flush(job), request -> new KernelCall.Ok()),
              Program.Submit.class).stream().map(Program.Submit::descriptors).toList();

      assertThat(submitted.get(0)).startsWith(
          new Invalidation.PasidEntry(MM, false), new Iotlb(MM, PageRange.ALL));
      assertThat(submitted.get(1)).startsWith(new DeviceTlb(3, MM, PageRange.ALL));
      assertThat(submitted).as("each waits, and for page requests too").allMatch(
          commands -> commands.get(commands.size() - 1) instanceof Wait wait
              && wait.drainPageRequests());
    }
  }

  @Test
  void shouldDropAllPasidsOfTheDeviceWhenIntelFlushesAWholeAddressSpace() {
    bindings.bind(MM, 0, 3);

    assertThat(submitted(new VtdDriver(VtdDriverSpec.linux612(1, 18), bindings), PageRange.ALL))
        .containsExactly(List.of(
            new Iotlb(MM, PageRange.ALL), new DeviceTlb(3, Ats.NO_PASID, PageRange.ALL)));
  }

  @Test
  void shouldNotLimitAPasidsBlockWhenIntelFlushesARange() {
    bindings.bind(MM, 0, 3);
    PageRange block = new PageRange(0, 1 << 21);

    assertThat(submitted(new VtdDriver(VtdDriverSpec.linux612(1, 18), bindings),
        new PageRange(0xfffff, 2)).get(0)).contains(new DeviceTlb(3, MM, block));
  }

  @Test
  void shouldWaitForEachBatchWhenIntelHasManyDevices() {
    for (int device = 0; device < 20; device++) {
      bindings.bind(MM, 0, device);
    }
    bindings.bind(MM, 1, 0);
    VtdDriver driver = new VtdDriver(VtdDriverSpec.linux612(1, 18), bindings);

    assertThat(submitted(driver, PageRange.of(7))).extracting(List::size)
        .containsExactly(16, 5, 2);
    assertThat(ProgramHarness.of(steps(driver, PageRange.of(7)),
        Program.AwaitInvalidation.class)).hasSize(3);
  }

  @Test
  void shouldTellTheDeviceTwiceWhenItNeedsThat() {
    bindings.bind(MM, 0, 3);
    VtdDriverSpec spec = new VtdDriverSpec(1, 18, false, 16, true, true);

    assertThat(submitted(new VtdDriver(spec, bindings), PageRange.of(7)).get(0)).hasSize(3);
  }

  @Test
  void shouldWaitForEveryDescriptorWhenIntelsSvmFlushes() {
    bindings.bind(MM, 0, 3);
    IntelSvmDriver driver =
        new IntelSvmDriver(bindings, 1, false, false,
            CommandQueues.FREE);

    assertThat(driver.blocks(new PageRange(7, 4)))
        .containsExactly(new PageRange(4, 4), new PageRange(8, 4));
    assertThat(driver.blocks(new PageRange(8, 3))).containsExactly(new PageRange(8, 4));
    assertThat(submitted(driver, PageRange.of(7))).containsExactly(
        List.of(new Iotlb(MM, PageRange.of(7))),
        List.of(new DeviceTlb(3, MM, PageRange.of(7))));
  }

  /** (0, −1) makes 0 pages, and so does (~0, ~0). */
  @Test
  void shouldFlushNothingWhenIntelsSvmCountsNoPages() {
    bindings.bind(MM, 0, 3);
    IntelSvmDriver shipped =
        new IntelSvmDriver(bindings, 1, false, false,
            CommandQueues.FREE);

    assertThat(submitted(shipped, PageRange.ALL)).isEmpty();
    assertThat(submitted(shipped, EMPTY)).isEmpty();
    assertThat(submitted(
        new IntelSvmDriver(bindings, 1, true, false,
            CommandQueues.FREE), PageRange.ALL))
        .hasSize(2);
  }

  @Test
  void shouldLeaveTheFlushToTheIommuWhenNobodyUsesThePasid() {
    bindings.bind(MM, 0, 3);
    IntelSvmDriver driver =
        new IntelSvmDriver(bindings, 1, false, true, CommandQueues.FREE);

    assertThat(submitted(driver, PageRange.of(7)))
        .containsExactly(List.of(new Invalidation.LeaveToUse(MM)));
  }

  @Test
  void shouldFlushAfterAllWhenTheIommuCannotTakeIt() {
    bindings.bind(MM, 0, 3);
    Program flush = new IntelSvmDriver(bindings, 1, false, true, CommandQueues.FREE)
        .flush(new FlushRules.Job(8, MM, PageRange.of(7), false));
    assertThat(flush.next(new Program.Done(), 0)).isInstanceOf(Program.Submit.class);
    assertThat(flush.next(new Program.Done(), 0)).isInstanceOf(Program.AwaitInvalidation.class);

    assertThat(flush.next(new Program.Undone(Invalidation.Status.IN_USE), 0))
        .isInstanceOf(Program.Run.class);
    assertThat(flush.next(new Program.Done(), 0)).isInstanceOf(Program.Finish.class);
  }

  @Test
  void shouldWaitOnceForEachDeviceWhenAmdFlushes() {
    bindings.bind(MM, 0, 3);
    bindings.bind(MM, 0, 4);
    PageRange block = new PageRange(0, 16);
    Wait wait = new Wait(AmdDriver.GIVE_UP_PS);

    assertThat(submitted(
        new AmdDriver(bindings, 1, AmdDriver.GIVE_UP_PS), new PageRange(7, 4)))
        .containsExactly(
            List.of(new Iotlb(MM, block), new DeviceTlb(3, MM, block), wait),
            List.of(new Iotlb(MM, block), new DeviceTlb(4, MM, block), wait));
    assertThat(AmdDriver.GIVE_UP_PS).as("100 ms").isEqualTo(100_000L * 1_000_000);
  }

  /** One page or everything, nothing in between; a nested flush hits one page at the top. */
  @Test
  void shouldFlushAPageOrTheWholePasidWhenItIsIommuV2() {
    bindings.bind(MM, 0, 3);
    AmdV2Driver driver = new AmdV2Driver(bindings, 1, 0);

    assertThat(AmdV2Driver.flushed(PageRange.of(7))).isEqualTo(PageRange.of(7));
    assertThat(AmdV2Driver.flushed(new PageRange(7, 2))).isEqualTo(PageRange.ALL);
    assertThat(AmdV2Driver.flushed(EMPTY)).isEqualTo(PageRange.of(PageRange.ALL_PAGES - 1));
    assertThat(submitted(driver, PageRange.of(7))).containsExactly(
        List.of(new Iotlb(MM, PageRange.of(7)), new Wait(0)),
        List.of(new DeviceTlb(3, MM, PageRange.of(7)), new Wait(0)));
  }

  @Test
  void shouldCodeAChunkPerCommandWhenTheSmmuHasRanges() {
    SmmuDriver driver = new SmmuDriver(SmmuDriverSpec.linux612(1, true), bindings);

    assertThat(driver.ranges(new PageRange(7, 1))).containsExactly(PageRange.of(7));
    assertThat(driver.ranges(new PageRange(7, 35)))
        .containsExactly(new PageRange(7, 3), new PageRange(10, 32));
    assertThat(driver.ranges(new PageRange(0, 512))).containsExactly(new PageRange(0, 512));
    for (long pages = 1; pages < 3000; pages += 7) {
      assertThat(driver.ranges(new PageRange(5, pages)).stream()
          .mapToLong(PageRange::pages).sum()).isEqualTo(pages);
    }
  }

  @Test
  void shouldFlushByAsidWhenAnSmmuWithoutRangesHasTooManyPages() {
    bindings.bind(MM, 0, 3);
    SmmuDriver driver = new SmmuDriver(SmmuDriverSpec.linux612(1, false), bindings);
    Wait wait = new Wait(true, false, 1_000_000_000_000L);

    assertThat(submitted(driver, new PageRange(0, 511))).extracting(List::size)
        .as("64 commands and a wait at a time, then the device")
        .containsExactly(65, 65, 65, 65, 65, 65, 65, 64, 2);
    assertThat(submitted(driver, new PageRange(0, 512))).containsExactly(
        List.of(new Iotlb(MM, PageRange.ALL), wait),
        List.of(new DeviceTlb(3, MM, PageRange.ALL), wait));
  }

  @Test
  void shouldDecodeANestedFlushAsItsKernelDoes() {
    bindings.bind(MM, 0, 3);
    PageRange top = PageRange.of(PageRange.ALL_PAGES - 1);
    Wait wait = new Wait(0);
    for (SmmuDriverSpec.EmptyRange empty : SmmuDriverSpec.EmptyRange.values()) {
      List<List<Invalidation.Descriptor>> all = submitted(
          new SmmuDriver(new SmmuDriverSpec(1, true, 512, 64, 0, empty), bindings), EMPTY);
      PageRange device =
          empty == SmmuDriverSpec.EmptyRange.TOP_PAGE ? top : PageRange.ALL;

      assertThat(all).hasSize(empty == SmmuDriverSpec.EmptyRange.DEVICES_ONLY ? 1 : 2);
      assertThat(all.get(all.size() - 1)).contains(new DeviceTlb(3, MM, device));
      assertThat(all).allMatch(batch -> batch.get(batch.size() - 1) instanceof Wait)
          .doesNotContain(List.of(wait));
    }
  }

  @Test
  void shouldCallEachDriverWhenThereAreSeveral() {
    bindings.bind(MM, 0, 3);
    CompositeDriver both = new CompositeDriver(
        List.of(new AmdDriver(bindings, 1, 0), new VtdDriver(1, 18)));

    assertThat(submitted(both, PageRange.of(7))).hasSize(1);
    assertThat(ProgramHarness.run(
        both.defer(new FlushRules.Job(8, MM, PageRange.of(7), false)),
        request -> new KernelCall.Ok())).as("nobody defers: flushed at once").isNotEmpty();
  }
}

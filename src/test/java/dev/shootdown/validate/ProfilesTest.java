package dev.shootdown.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.shootdown.check.LedgerRow;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.trace.Account;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Machines that no calibration item runs on. */
class ProfilesTest {
  private static final SystemPool POOL = new SystemPool();
  private static final double PS_PER_US = 1e6;
  private static final int CALLS = 400;

  @AfterAll
  static void close() {
    POOL.close();
  }

  /** A shootdown of one page that cores 0 to {@code last} use. */
  private static double shootdownUs(String machine, int last, String... settings) {
    return Benches.shootdownUs(Benches.of(POOL, List.of(settings)), machine, last);
  }

  @Test
  void shouldTakeLongerWhenMoreSocketsUseThePage() {
    double one = shootdownUs("eight-socket-120", 14);
    double eight = shootdownUs("eight-socket-120", 119);
    assertThat(one).isBetween(3.0, 5.0);
    assertThat(eight).isGreaterThan(8 * one);
    assertThat(shootdownUs("eight-socket-120", 119, "machine.sockets.hop=500ns"))
        .isGreaterThan(eight + 0.4);
  }

  @Test
  void shouldHaveTheHistogramOfInvalidationsThatItWasGiven() {
    assertThat(overOneUs("nic0")).as("123 of 409 IOTLB invalidations").isBetween(0.25, 0.35);
    assertThat(overOneUs("iaa0")).as("133 of 409 with a device TLB").isBetween(0.275, 0.375);
  }

  /** Which part of the invalidations of {@code device} takes longer than 1 us; none takes 2. */
  private static double overOneUs(String device) {
    List<LedgerRow> rows =
        Benches.of(POOL, List.of())
            .run(
                "xeon-accelerator",
                List.of(
                    Work.process(device, List.of(Work.area(0, CALLS, ",mapped=true"))),
                    Work.workload(List.of(Work.cpu(0, unmaps())))))
            .rows("munmap");
    assertThat(rows).hasSize(CALLS);
    long over = 0;
    for (LedgerRow row : rows) {
      long ps =
          row.accountPs(Account.QUEUE_WAIT) + row.accountPs(Account.STATUS_WAIT)
              + row.accountPs(
                  device.equals("nic0") ? Account.IOTLB_WAIT : Account.ATC_WAIT);
      assertThat(ps).isLessThan(2_000_000);
      over += ps > PS_PER_US ? 1 : 0;
    }
    return over / (double) CALLS;
  }

  private static List<String> unmaps() {
    List<String> lines = new ArrayList<>();
    for (int page = 0; page < CALLS; page++) {
      lines.add("munmap a0 " + page + " 1");
    }
    return lines;
  }

  @Test
  void shouldServePageRequestsInTheClassOfMostWhenPagesAreCold() {
    List<Long> doneAtPs =
        Benches.of(POOL, List.of())
            .run(
                "xeon-accelerator",
                List.of(
                    Work.process("iaa0", List.of(Work.area(0, 2, ",mapped=false"))),
                    "workload=[{cpu=cpu1,serves=page-requests}]",
                    "dma=[{device=iaa0,process=app,area=a0,access=write,page=0,at=10us}]"))
            .transfersAtPs();
    assertThat(doneAtPs).hasSize(1);
    assertThat(doneAtPs.get(0) - 10_000_000).isBetween(4_000_000L, 9_000_000L);
  }

  @Test
  void shouldRefuseAnInvalidationPerEntryWhenFlushesForgetEverything() {
    assertThatThrownBy(
            () -> StageTwoCurve.zapUs(Benches.of(POOL, List.of("tune.vm0.flush=invept")), 8))
        .hasMessageContaining("per-entry needs flush = vmid-broadcast");
  }
}

package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.ConfigFactory;
import dev.shootdown.address.PageRange;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Link;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Ats;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Trouble in wires beyond a plain delay, and in parts. */
class TroublesTest {
  private static final Object REQUEST = new Ats.InvalidateRequest(0, 1, PageRange.ALL);

  private final Problems problems = new Problems();
  private final Dice dice = Dice.of(1, "sender");

  private TroubleSpec trouble(String text) {
    return settings(text).bind(TroubleSpec.class);
  }

  private Settings settings(String text) {
    return Settings.of(ConfigFactory.parseString(text).root(), "", problems);
  }

  private String complaints() {
    return String.join("\n", problems.list().stream().map(Problem::line).toList());
  }

  private static Wire wire(WireOrder order) {
    return new Wire(new WireSpec(LatencySpec.constant(10), Optional.empty(), 0, order));
  }

  private TroubledWire troubled(WireOrder order, String text) {
    return new TroubledWire(wire(order), List.of(trouble(
        "wire = \"a -> b\", message = InvalidateRequest, " + text)));
  }

  /** As the engine does it: how many copies, and when each arrives. */
  private List<Long> arrivalsPs(Link link, int messages) {
    List<Long> arrivals = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      int copies = link.copies(100L * i, REQUEST);
      for (int copy = 0; copy < copies; copy++) {
        arrivals.add(link.arrivalPs(100L * i, REQUEST, dice) - 100L * i);
      }
    }
    return arrivals;
  }

  @Test
  void shouldLoseTheMessageWhenItIsDropped() {
    assertThat(arrivalsPs(troubled(WireOrder.PCIE, "action = drop, nth = 2"), 3))
        .containsExactly(10L, 10L);
    assertThat(complaints()).isEmpty();
  }

  @Test
  void shouldArriveTwiceWhenItIsDoubled() {
    assertThat(arrivalsPs(
        troubled(WireOrder.PCIE, "action = duplicate, nth = 1, delay = 50ps"), 2))
        .containsExactly(10L, 60L, 10L);
  }

  @Test
  void shouldStrikeWithItsOwnDiceWhenAProbabilityIsGiven() {
    String text = "action = drop, probability = 0.5, seed = ";
    List<Long> one = arrivalsPs(troubled(WireOrder.NONE, text + 7), 200);

    assertThat(one).hasSizeBetween(70, 130);
    assertThat(arrivalsPs(troubled(WireOrder.NONE, text + 7), 200)).isEqualTo(one);
    assertThat(dice.nextLong()).as("the sender's draws are its own")
        .isEqualTo(Dice.of(1, "sender").nextLong());
  }

  @Test
  void shouldDrawTheDelayWhenItIsADistribution() {
    List<Long> arrivals = arrivalsPs(troubled(
        WireOrder.NONE, "delays { kind = uniform, min = 100ps, max = 200ps }"), 100);

    assertThat(arrivals).allMatch(ps -> ps >= 110 && ps <= 210);
    assertThat(arrivals.stream().distinct().count()).isGreaterThan(20);
  }

  @Test
  void shouldRefuseToReorderWhatTheBusKeepsInOrder() {
    TroubleSpec posted = trouble("wire = \"a -> b\", message = InvalidateRequest,"
        + " action = reorder, delay = 1ns");
    TroubleSpec answer = trouble("wire = \"a -> b\", message = TranslationCompletion,"
        + " action = reorder, delay = 1ns");

    assertThat(posted.refusal(WireOrder.PCIE).orElse("")).contains("posted");
    assertThat(posted.refusal(WireOrder.NONE)).isEmpty();
    assertThat(answer.refusal(WireOrder.PCIE)).isEmpty();
    assertThat(answer.refusal(WireOrder.FIFO).orElse("")).contains("first-in-first-out");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TroubledWire(wire(WireOrder.FIFO), List.of(answer)));
  }

  @Test
  void shouldComplainWhenTheActionDoesNotFit() {
    trouble("wire = \"a -> b\", message = Submit, action = drop");
    assertThat(complaints()).contains("can't be lost or doubled where it travels");
    trouble("wire = \"a -> b\", message = PageRequest, action = drop, delay = 1ns");
    assertThat(complaints()).contains("has no meaning with action = drop");
    trouble("wire = \"a -> b\", message = PageRequest");
    assertThat(complaints()).contains("needs the key delay");
    trouble("wire = \"a -> b\", message = PageRequest, delay = 1ns, nth = 2, probability = 0.5");
    assertThat(complaints()).contains("leave one out");
    settings("part = nic0, action = slow, from = 2us, until = 1us").bind(PartTroubleSpec.class);
    assertThat(complaints()).contains("must be later than from", "a factor of at least 2");
  }

  @Test
  void shouldStateWhoWasStruckWhenAMessageLeaves() {
    TroubleSpec named = trouble("name = late, wire = \"iommu0 -> nic0\","
        + " message = InvalidateRequest, delay = 1ns");
    Troubles troubles = new Troubles(List.of(named), List.of());
    Link link = troubles.on("iommu0", "nic0", wire(WireOrder.NONE));
    RecordingCtx<String> ctx = new RecordingCtx<>("iommu0");
    Ctx<String> around = troubles.around(ctx);
    Port<Ats.ToDevice> port = around.port("devices", Ats.ToDevice.class);
    arrivalsPs(link, 1);
    around.send(port, new Ats.InvalidateRequest(0, 1, PageRange.ALL));

    assertThat(ctx.marks()).extracting(RecordingCtx.Marked::fact)
        .containsExactly(new MachineFact.TroubleStruck("late", "InvalidateRequest"));
    assertThat(troubles.around(new RecordingCtx<String>("nic0")))
        .as("nothing is put around a part without trouble").isInstanceOf(RecordingCtx.class);
  }

  @Test
  void shouldDoNothingInItsWindowWhenAPartIsStalled() {
    PartTroubleSpec stall =
        settings("part = nic0, action = stall, from = 1ns, until = 5ns")
            .bind(PartTroubleSpec.class);
    Troubles troubles = new Troubles(List.of(), List.of(stall));
    Link link = troubles.on("iommu0", "nic0", wire(WireOrder.NONE));
    RecordingCtx<String> ctx = new RecordingCtx<>("nic0");
    troubles.around(ctx).after(2_000, "timer");
    troubles.around(ctx).after(100, "before");

    assertThat(link.arrivalPs(2_000, REQUEST, dice)).isEqualTo(5_000);
    assertThat(link.arrivalPs(100, REQUEST, dice)).isEqualTo(110);
    assertThat(link.minimumPs()).isEqualTo(10);
    assertThat(ctx.timers()).extracting(RecordingCtx.Timer::dueAtPs)
        .containsExactly(100L, 5_000L);
    assertThat(ctx.marks()).hasSize(1);
  }

  @Test
  void shouldTakeLongerInItsWindowWhenAPartIsSlow() {
    PartTroubleSpec slow = settings(
        "part = nic0, action = slow, factor = 3, from = 1ns, until = 5ns")
        .bind(PartTroubleSpec.class);
    RecordingCtx<String> ctx = new RecordingCtx<>("nic0");
    Ctx<String> around = new Troubles(List.of(), List.of(slow)).around(ctx);
    around.after(10, "before");
    ctx.advanceTo(1_000);
    around.after(10, "within");
    ctx.advanceTo(5_000);
    around.after(10, "behind");

    assertThat(complaints()).isEmpty();
    assertThat(ctx.timers()).extracting(RecordingCtx.Timer::dueAtPs)
        .containsExactly(10L, 1_030L, 5_010L);
  }

  @Test
  void shouldCountHopsWhenTilesAreApart() {
    MeshSpec mesh = settings("columns = 4, hop = 2ns").bind(MeshSpec.class);
    WireSpec near = WireSpec.fifo(10_000);

    assertThat(mesh.hops(0, 0)).isZero();
    assertThat(mesh.hops(1, 14)).as("from column 1 to 2, from row 0 to 3").isEqualTo(4);
    assertThat(mesh.between(near, 0, 1)).isEqualTo(near);
    assertThat(mesh.between(near, 1, 14).latency().minPs()).isEqualTo(16_000);
  }
}

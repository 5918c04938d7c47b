package dev.shootdown.kernel.hmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.CommandAudit;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrantMapTest {
  private static final PageRange AREA = new PageRange(100, 4);
  private static final GrantMapSpec SPEC = new GrantMapSpec(1000, 10);

  private final PartHarness<GrantMap.Command> map = map();

  /** Page 101 is written at 50, 1050, 2050 and 3050 ps. */
  private static PartHarness<GrantMap.Command> map() {
    return new PartHarness<>(
        new RecordingCtx<GrantMap.Command>("grants").withPorts("cpus", 2).withPorts("tables", 1),
        ctx ->
            GrantMap.create(
                SPEC, new GrantMapLayout(0, AREA, 2),
                List.of(new GrantUse(50, 101, true, 4, 1000)), ctx));
  }

  private void make() {
    map.runUntil(0);
    answerWalks();
  }

  private void answerWalks() {
    for (PageWalk.Walk walk : map.take("tables", PageWalk.Walk.class)) {
      map.tell(
          new GrantMap.TableAnswered(
              new PageWalk.Entry(walk.tag(), 0, walk.page(), walk.page() + 7, true, 0)));
    }
  }

  private void call(KernelCall.Request request) {
    map.tell(new GrantMap.Called(new KernelCall.Call(0, 9, 1, request)));
  }

  private void start(PageRange range, boolean blockable) {
    call(new KernelCall.SubscriberStart(0, range, MachineFact.Event.UNMAP, blockable));
  }

  private List<KernelCall.Result> results() {
    return map.take("cpus", KernelCall.Reply.class).stream()
        .map(KernelCall.Reply::result).toList();
  }

  @Test
  void shouldRefuseAndChangeNothingWhenItMayNotSleep() {
    make();
    start(AREA, false);
    map.settle();

    assertThat(results()).containsExactly(new KernelCall.Again());
    assertThat(map.marks(MachineFact.Dropped.class)).isEmpty();
    assertThat(map.marks(MachineFact.Used.class)).hasSize(4);
  }

  @Test
  void shouldPayForEachPageAndNeverRefillWhenItIsUnmapped() {
    make();
    map.runUntil(100);
    start(new PageRange(101, 2), true);
    map.runUntil(100 + 1000 + 2 * 10 - 1);
    assertThat(results()).isEmpty();
    map.runUntil(100 + 1000 + 2 * 10);
    assertThat(results()).containsExactly(new KernelCall.Ok());
    call(new KernelCall.SubscriberEnd(0, new PageRange(101, 2)));
    map.settle();

    assertThat(map.marks(MachineFact.Used.class)).hasSize(2);
    assertThat(map.marks(MachineFact.Denied.class)).hasSize(2);
    assertThat(map.marks(MachineFact.FaultResolved.class))
        .extracting(MachineFact.FaultResolved::how)
        .containsOnly(MachineFact.Resolution.REFUSED);
    assertThat(map.takeSent("tables")).isEmpty();
  }

  @Test
  void shouldLeaveAPageOutWhenItIsRevokedBeforeItWasRead() {
    map.runUntil(0);
    start(AREA, true);
    answerWalks();

    assertThat(map.marks(MachineFact.Filled.class)).isEmpty();
    assertThat(map.marks(MachineFact.FillDiscarded.class)).hasSize(4);
  }

  @Test
  void shouldNotBeBotheredWhenARangeLiesElsewhere() {
    make();
    start(new PageRange(500, 1), false);

    assertThat(results()).containsExactly(new KernelCall.Ok());
    assertThat(map.marks(MachineFact.Dropped.class)).isEmpty();
  }

  @Test
  void shouldRefuseAUseWithoutAccesses() {
    assertThatIllegalArgumentException().isThrownBy(() -> new GrantUse(0, 1, true, 0, 1))
        .withMessageContaining("not 0");
  }

  @Test
  void shouldHandleEveryCommand() {
    CommandAudit.check(GrantMap.Command.class, GrantMapTest::map);
  }
}

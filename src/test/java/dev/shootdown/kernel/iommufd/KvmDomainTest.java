package dev.shootdown.kernel.iommufd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.DeviceFaults;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.SharedTable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.junit.jupiter.api.Test;

class KvmDomainTest {
  private static final int SPACE = 77;

  private final RecordingCtx<KvmDomain.Command> ctx = new RecordingCtx<>("domain");
  private BehaviorTestKit<KvmDomain.Command> kit;

  private void create(KvmDomainSpec.Hook hook, KvmDomainSpec.OnRetry onRetry) {
    KvmDomainSpec spec = new KvmDomainSpec(hook, 3, 1, 10, 20, onRetry, 500, 18);
    kit = BehaviorTestKit.create(KvmDomain.create(spec, new KvmDomainLayout(SPACE, 2), ctx));
  }

  private List<RecordingCtx.Sent> run() {
    ctx.run(kit::run, Long.MAX_VALUE - 1);
    return ctx.takeSent();
  }

  private void invalidate(long ticket) {
    PageRange gfns = new PageRange(7, 4);
    kit.run(
        new KvmDomain.KvmSaid(
            new SharedTable.Invalidate(ticket, 5, gfns, 0, new PageRange(107, 4))));
  }

  private void raise(int group, boolean last) {
    kit.run(
        new KvmDomain.Requested(
            new DeviceFaults.Raised(0, 1, SPACE, 9, true, group, last, false)));
  }

  private void answer(long request, boolean retry) {
    kit.run(new KvmDomain.KvmSaid(new SharedTable.FaultAnswered(request, retry)));
  }

  @Test
  void shouldPayForEachHopBeforeItSubmits() {
    create(KvmDomainSpec.Hook.CHAINED, KvmDomainSpec.OnRetry.LOOP);
    invalidate(1);
    RecordingCtx.Sent submitted = run().get(0);

    assertThat(submitted.atPs()).isEqualTo(3 * 10 + 20);
    Invalidation.Submit submit = (Invalidation.Submit) submitted.message();
    assertThat(submit.descriptors())
        .containsExactly(
            new Invalidation.Iotlb(SPACE, new PageRange(0, 16)),
            new Invalidation.DeviceTlb(0, SPACE, new PageRange(0, 16)),
            new Invalidation.DeviceTlb(1, SPACE, new PageRange(0, 16)),
            new Invalidation.Wait(0));
  }

  @Test
  void shouldTakeOneHopWhenTheDriverIsHookedDirectly() {
    create(KvmDomainSpec.Hook.DIRECT, KvmDomainSpec.OnRetry.LOOP);
    invalidate(1);

    assertThat(run().get(0).atPs()).isEqualTo(10 + 20);
  }

  @Test
  void shouldHoldTheDomainsLockUntilTheInvalidationIsDone() {
    create(KvmDomainSpec.Hook.DIRECT, KvmDomainSpec.OnRetry.LOOP);
    invalidate(1);
    invalidate(2);
    assertThat(run()).hasSize(1);

    kit.run(new KvmDomain.IommuAnswered(new Invalidation.Completed(1, 0, 0, 0)));
    assertThat(run()).extracting(RecordingCtx.Sent::message)
        .hasSize(2).contains(new SharedTable.Invalidated(1));
  }

  @Test
  void shouldAnswerSuccessWhenKvmSaysRetry() {
    create(KvmDomainSpec.Hook.DIRECT, KvmDomainSpec.OnRetry.ANSWER_SUCCESS);
    raise(3, true);
    run();
    answer(0, true);

    assertThat(responses(run())).containsExactly(3);
  }

  @Test
  void shouldAskAgainWithinTheKernelWhenItLoops() {
    create(KvmDomainSpec.Hook.DIRECT, KvmDomainSpec.OnRetry.LOOP);
    raise(3, true);
    run();
    answer(0, true);
    List<RecordingCtx.Sent> again = run();
    assertThat(again).extracting(RecordingCtx.Sent::message)
        .containsExactly(new SharedTable.Fault(0, 9, true));
    assertThat(again.get(0).atPs()).isEqualTo(10 + 500);

    answer(0, false);
    assertThat(responses(run())).containsExactly(3);
  }

  @Test
  void shouldWaitForTheLastRequestOfAGroup() {
    create(KvmDomainSpec.Hook.DIRECT, KvmDomainSpec.OnRetry.LOOP);
    raise(4, false);
    assertThat(run()).extracting(RecordingCtx.Sent::message)
        .containsExactly(new DeviceFaults.Taken(1));
    raise(4, true);
    run();
    answer(0, false);
    assertThat(responses(run())).as("one of two pages").isEmpty();
    answer(0, false);
    assertThat(responses(run())).containsExactly(4);
  }

  private static List<Integer> responses(List<RecordingCtx.Sent> sent) {
    return sent.stream().map(RecordingCtx.Sent::message)
        .filter(Invalidation.Submit.class::isInstance).map(Invalidation.Submit.class::cast)
        .flatMap(submit -> submit.descriptors().stream())
        .filter(Invalidation.PageResponse.class::isInstance)
        .map(response -> ((Invalidation.PageResponse) response).group())
        .collect(Collectors.toList());
  }
}

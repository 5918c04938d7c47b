package dev.shootdown.kernel.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.PartHarness;
import java.util.List;
import org.junit.jupiter.api.Test;

/** mn_change_pte of AMD's IOMMUv2 driver: __mn_flush_page. */
class EmptyTableChangePteTest {
  private static final int MM = 3;

  private final Bindings bindings = new Bindings();
  private final PartHarness<EmptyTable.Command> part = new PartHarness<>(
      new RecordingCtx<EmptyTable.Command>("app.v2")
          .withPorts("cpus", 2).withPorts("iommus", 1),
      ctx -> EmptyTable.create(
          new EmptyTableLayout(MM, 7, EmptyTableLayout.Counting.LOCKED, 0, 100, 0), bindings,
          ctx));

  private List<Invalidation.Submit> settle() {
    part.settle();
    List<Invalidation.Submit> submits = part.take("iommus", Invalidation.Submit.class);
    submits.forEach(
        submit -> part.tell(
            new EmptyTable.IommuAnswered(
                new Invalidation.Completed(submit.ticket(), 1, 2, 3))));
    return submits;
  }

  @Test
  void shouldFlushThePageAndLeaveTheTableWhereItIs() {
    bindings.bind(MM, 0, 4);
    part.tell(
        new EmptyTable.Called(
            new KernelCall.Call(1, 5, 1, new KernelCall.ChangePte(MM, 11, 99, true))));
    List<Invalidation.Descriptor> own = settle().get(0).descriptors();
    List<Invalidation.Descriptor> devices = settle().get(0).descriptors();
    settle();

    assertThat(own).startsWith(new Invalidation.Iotlb(MM, PageRange.of(11)))
        .noneMatch(Invalidation.PasidEntry.class::isInstance);
    assertThat(devices).startsWith(new Invalidation.DeviceTlb(4, MM, PageRange.of(11)));
    assertThat(part.take("cpus", KernelCall.Reply.class)).hasSize(1);
  }
}

package example;

import static dev.shootdown.testkit.PartKit.ns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.memory.Memory;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.testkit.PartKit;
import dev.shootdown.testkit.Probe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The device and a real memory, joined by wires of 50 ns. */
class PrefetchingWithMemoryTest {
  private static final long PAGE = 7;
  private static final int SIZE_BYTES = 64;

  @RegisterExtension final PartKit<PrefetchingDevice.Command> device = PartKit.named("mine");
  @RegisterExtension final PartKit<Memory.Command> memory = PartKit.named("memory0");
  private final Probe<Ats.ToIommu> iommu = device.probe("iommu", Ats.ToIommu.class);

  /** A transfer occupies the memory for 64 ns, and is answered 100 ns later. */
  private void start() {
    device.join("memory", Dma.ToMemory.class, memory, Memory.Arrived::new, ns(50));
    memory.withPorts("devices", 1).join(
        "devices", 0, Dma.ToDevice.class, device, PrefetchingDevice.MemoryAnswered::new, ns(50));
    memory.start(ctx -> Memory.create(new MemorySpec(1, 1_000_000_000, ns(100)), ctx));
    device.start(ctx -> PrefetchingDevice.create(
        new PrefetchingPart.Spec(0, ns(10), true), new AtsDeviceLayout(0, 0),
        List.of(new DmaJob(0, 0, PAGE, Access.READ, 1, 0, SIZE_BYTES)), ctx));
  }

  @Test
  void shouldAnswerAnInvalidationWhenTheMemoryHasEndedTheTransfer() {
    start();
    device.advance(ns(0));
    device.tell(new PrefetchingDevice.IommuSaid(
        new Ats.TranslationCompletion(0, 0, PAGE, 107, true, 0)));
    device.tell(new PrefetchingDevice.IommuSaid(
        new Ats.InvalidateRequest(3, 0, PageRange.of(PAGE))));
    iommu.take();
    device.advance(ns(50 + 64 + 100 + 50 - 1));
    assertThat(iommu.take()).isEmpty();
    device.advance(ns(1));

    assertThat(iommu.takeOne()).isEqualTo(new Ats.InvalidateCompletion(0, 3));
  }
}

package example;

import dev.shootdown.config.Limits;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Ctx;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.scenario.OwnPart;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;

/** Brings {@link PrefetchingDevice} into a scenario. */
public final class PrefetchingPart implements OwnPart<PrefetchingDevice.Command> {
  /**
   * What the block {@code spec} says.
   *
   * @param prefetchPages how many pages behind a missed one are asked for as well
   * @param invalidationPs from an invalidation's arrival until its entries are gone, in ps
   * @param sweepPrefetched whether an invalidation drops what was prefetched and not used yet;
   *     false is the bug that this example is about
   */
  public record Spec(
      @Limits(max = 64) int prefetchPages, long invalidationPs, boolean sweepPrefetched) {}

  private Spec spec;

  @Override
  public Place place() {
    return Place.ATS_DEVICE;
  }

  @Override
  public void read(Settings settings) {
    spec = settings.bind(Spec.class);
  }

  @Override
  public PrefetchingDevice.Command iommuSaid(Ats.ToDevice message) {
    return new PrefetchingDevice.IommuSaid(message);
  }

  @Override
  public PrefetchingDevice.Command memoryAnswered(Dma.ToDevice message) {
    return new PrefetchingDevice.MemoryAnswered(message);
  }

  @Override
  public Behavior<PrefetchingDevice.Command> create(
      AtsDeviceLayout layout, List<DmaJob> jobs, Ctx<PrefetchingDevice.Command> ctx) {
    return PrefetchingDevice.create(spec, layout, jobs, ctx);
  }
}

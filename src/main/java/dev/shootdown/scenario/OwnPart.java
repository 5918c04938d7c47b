package dev.shootdown.scenario;

import dev.shootdown.config.Settings;
import dev.shootdown.engine.Ctx;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;

/**
 * A device of the user's own behind an IOMMU, which a scenario names by its class:
 * {@code { name = mine, type = own, class = "com.example.MyPart", iommu = iommu0, spec { … } }}.
 *
 * <ol>
 *   <li>The class is public and has a public constructor without parameters. Each part of a
 *       scenario that names it gets an instance.
 *   <li>{@link #read} is called once, while the scenario is loaded, before any other method.
 *   <li>From then on the instance doesn't change: one scenario is built for many runs, perhaps
 *       several at a time. What changes during a run belongs to the behaviour that
 *       {@link #create} makes, one for each run.
 * </ol>
 *
 * <p>What {@link #read} throws is a mistake of the file and refused there. What the behaviour
 * throws fails the run, which names the part, the time and the message.
 *
 * @param <C> the part's commands
 */
public interface OwnPart<C> {
  /** What a part is to its IOMMU. */
  enum Place {
    /** It asks for translations and caches them. Ports: {@code iommu} and {@code memory}. */
    ATS_DEVICE,
    /** It leaves each translation to the IOMMU and is sent no invalidation. Port: {@code iommu}. */
    DMA_DEVICE
  }

  /** What it is to its IOMMU; always the same. */
  Place place();

  /**
   * Reads the part's own keys. A key that nobody reads is refused, with the nearest known one.
   *
   * @param spec the block {@code spec} of the part, tuned; empty if there is none
   */
  void read(Settings spec);

  /** Invalidations that it takes at a time, 1 to 32; of no meaning for a DMA device. */
  default int invalidateQueueDepth() {
    return 32;
  }

  /** Makes a command of what its IOMMU says. */
  C iommuSaid(Ats.ToDevice message);

  /** Makes a command of what memory answers; never called for a DMA device. */
  C memoryAnswered(Dma.ToDevice message);

  /**
   * Makes the part of one run, at time 0.
   *
   * @param layout its numbers at the IOMMU and at the memory, which its messages carry
   * @param jobs what the scenario's block {@code dma} asks of it, in the order of the file
   */
  Behavior<C> create(AtsDeviceLayout layout, List<DmaJob> jobs, Ctx<C> ctx);
}

package dev.shootdown.hardware.ats;

import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Ats;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * In which PASIDs a device works, for one that tells its IOMMU. It says so before it begins, waits
 * for the answer, and says when it has had nothing to do in it for a while.
 *
 * @param <T> what waits for the answer
 */
final class PasidStates<T> {
  private static final class Use<T> {
    private final Deque<T> waiting = new ArrayDeque<>();
    private boolean asked;
    private boolean active;
    private int touches;
    private long lulls;
  }

  private final AtsDeviceSpec spec;
  private final int device;
  private final Ctx<AtsDevice.Command> ctx;
  private final Port<Ats.ToIommu> iommu;
  private final Map<Integer, Use<T>> byPasid = new TreeMap<>();

  PasidStates(
      AtsDeviceSpec spec, int device, Ctx<AtsDevice.Command> ctx, Port<Ats.ToIommu> iommu) {
    this.spec = spec;
    this.device = device;
    this.ctx = ctx;
    this.iommu = iommu;
  }

  /** A transfer of {@code pasid} begins its work; if it may not yet, {@code work} waits. */
  boolean begin(int pasid, T work) {
    if (!spec.statesPasidUse()) {
      return true;
    }
    Use<T> use = byPasid.computeIfAbsent(pasid, none -> new Use<>());
    use.lulls++;
    if (use.active) {
      use.touches++;
      return true;
    }
    use.waiting.add(work);
    if (!use.asked) {
      use.asked = true;
      ctx.send(iommu, new Ats.PasidUse(device, pasid, true));
    }
    return false;
  }

  /** The device may work in {@code pasid}; what waited for that, or null if it hasn't asked. */
  Deque<T> ready(int pasid) {
    Use<T> use = byPasid.get(pasid);
    if (use == null || !use.asked) {
      return null;
    }
    use.asked = false;
    use.active = true;
    Deque<T> waited = new ArrayDeque<>(use.waiting);
    use.waiting.clear();
    return waited;
  }

  /** A transfer that began has ended. */
  void end(int pasid) {
    Use<T> use = byPasid.get(pasid);
    if (use != null && use.touches > 0 && --use.touches == 0) {
      ctx.after(spec.pasidLullPs(), new AtsDevice.Lull(pasid, use.lulls));
    }
  }

  /** A while has passed: unless anything began meanwhile, the device works there no more. */
  void lull(int pasid, long lulls) {
    Use<T> use = byPasid.get(pasid);
    if (use != null && use.active && use.lulls == lulls) {
      use.active = false;
      ctx.send(iommu, new Ats.PasidUse(device, pasid, false));
    }
  }
}

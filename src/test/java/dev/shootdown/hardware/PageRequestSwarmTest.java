package dev.shootdown.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.Access;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.ats.DmaWork;
import dev.shootdown.hardware.ats.PageRequestSpec;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A device that asks for pages, against software that answers in any order, with any code, and
 * takes pages away again. A failure names its seed.
 */
class PageRequestSwarmTest {
  private static final int SEEDS = 200;
  private static final int PAGES = 6;
  private static final int JOBS = 60;
  private static final int ALLOCATION = 3;
  private static final int STEPS_MOST = 20_000;

  /** One run. */
  private static final class Swarm {
    private final Dice dice;
    private final PartHarness<AtsDevice.Command> device;
    private final List<Object> toDevice = new ArrayList<>();
    private final Map<Integer, Boolean> open = new TreeMap<>();
    private final List<Integer> answerable = new ArrayList<>();
    private final boolean[] mapped = new boolean[PAGES];
    private int outstanding;
    private int most;
    private final Map<Integer, Integer> sizes = new TreeMap<>();

    Swarm(long seed, int groupPages) {
      this.dice = Dice.of(seed, "requests");
      AtsDeviceSpec spec = new AtsDeviceSpec(2, 2, 100, 3, 100, 4, true, true, 20,
          new PageRequestSpec(8, ALLOCATION, groupPages, 0, 50,
              PageRequestSpec.UndefinedCode.INVALID_REQUEST, false), Optional.empty());
      List<DmaJob> jobs = new ArrayList<>();
      for (int i = 0; i < JOBS; i++) {
        jobs.add(new DmaJob(dice.below(20_000), 1 + dice.below(2), dice.below(PAGES),
            dice.chance(0.5) ? Access.WRITE : Access.READ, 1, 0, 64));
      }
      this.device = new PartHarness<>(new RecordingCtx<AtsDevice.Command>("nic0"),
          ctx -> AtsDevice.create(spec, new AtsDeviceLayout(0, 0), DmaWork.of(jobs), ctx));
    }

    void run() {
      for (int step = 0; step < STEPS_MOST; step++) {
        List<Runnable> next = new ArrayList<>();
        if (!toDevice.isEmpty()) {
          next.add(() -> deliver(toDevice.remove(dice.below(toDevice.size()))));
        }
        if (!answerable.isEmpty()) {
          next.add(this::answer);
        }
        if (device.hasTimers()) {
          next.add(device::runNextTimer);
        }
        if (next.isEmpty()) {
          return;
        }
        mapped[dice.below(PAGES)] = dice.chance(0.6);
        next.get(dice.below(next.size())).run();
        collect();
      }
      throw new AssertionError("no end after " + STEPS_MOST + " steps");
    }

    private void deliver(Object message) {
      device.tell(message instanceof Dma.ToDevice done
          ? new AtsDevice.MemoryAnswered(done)
          : new AtsDevice.IommuSaid((Ats.ToDevice) message));
    }

    private void answer() {
      int group = answerable.remove(dice.below(answerable.size()));
      open.remove(group);
      outstanding -= sizes.remove(group);
      int code = dice.chance(0.7) ? Ats.SUCCESS : Ats.INVALID_REQUEST + dice.below(2);
      device.tell(new AtsDevice.IommuSaid(new Ats.PrgResponse(1, group, code)));
    }

    private void collect() {
      for (Ats.ToIommu said : device.take("iommu", Ats.ToIommu.class)) {
        if (said instanceof Ats.TranslationRequest request) {
          boolean there = mapped[(int) request.page()];
          toDevice.add(new Ats.TranslationCompletion(request.tag(), request.pasid(),
              request.page(), there ? 100 + request.page() : -1,
              there && request.forWrite(), 0));
        } else {
          take((Ats.PageRequest) said);
        }
      }
      device.take("memory", Dma.Transfer.class)
          .forEach(transfer -> toDevice.add(new Dma.Transferred(transfer.tag())));
    }

    /** Rule H4: a group's number is not used again before its answer; credits hold. */
    private void take(Ats.PageRequest request) {
      assertThat(open.getOrDefault(request.group(), false)).as("group was closed").isFalse();
      open.put(request.group(), request.last());
      sizes.merge(request.group(), 1, Integer::sum);
      most = Math.max(most, ++outstanding);
      assertThat(outstanding).isLessThanOrEqualTo(ALLOCATION);
      if (request.last()) {
        answerable.add(request.group());
      }
    }

    private <F extends MachineFact> int count(Class<F> type) {
      return device.marks(type).size();
    }
  }

  @Test
  void shouldKeepItsCreditsAndServeOrRefuseEveryTransferWhateverTheOrder() {
    int busiest = 0;
    int retried = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Swarm swarm = new Swarm(seed, 1 + (int) (seed % 3));
      swarm.run();
      assertThat(swarm.count(MachineFact.ProtocolBreach.class)).as("seed %d", seed).isZero();
      assertThat(swarm.open).as("seed %d: groups without an answer", seed).isEmpty();
      assertThat(swarm.count(MachineFact.Used.class) + swarm.count(MachineFact.Denied.class))
          .as("seed %d", seed).isEqualTo(JOBS);
      assertThat(swarm.count(MachineFact.FaultResolved.class))
          .as("seed %d", seed).isEqualTo(swarm.count(MachineFact.FaultRaised.class));
      busiest = Math.max(busiest, swarm.most);
      retried += swarm.count(MachineFact.FaultRetried.class);
    }
    assertThat(busiest).as("credits ran out").isEqualTo(ALLOCATION);
    assertThat(retried).as("pages went away again").isPositive();
  }
}

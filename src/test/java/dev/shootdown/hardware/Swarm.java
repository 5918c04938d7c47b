package dev.shootdown.hardware;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Dice;
import dev.shootdown.engine.Fact;
import dev.shootdown.engine.RecordingCtx;
import dev.shootdown.hardware.ats.AtsDevice;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.hardware.ats.DmaWork;
import dev.shootdown.hardware.iommu.Iommu;
import dev.shootdown.hardware.iommu.IommuLayout;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.protocol.Invalidation;
import dev.shootdown.protocol.PageWalk;
import dev.shootdown.protocol.PartHarness;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Two devices behind an IOMMU, software that takes pages away, and a messenger that delivers in the
 * worst order that PCIe allows. Time hardly matters here: who is next is drawn.
 */
final class Swarm {
  static final int PAGES = 4;

  private static final int DEVICES = 2;
  private static final int JOBS = 100;
  private static final int CHANGES = 30;
  private static final int STEPS_MOST = 50_000;
  private static final List<Integer> MMS = List.of(4, 9);

  private final Dice dice;
  private final PartHarness<Iommu.Command> iommu;
  private final List<PartHarness<AtsDevice.Command>> devices = new ArrayList<>();
  private final List<SwarmWatch> watches = new ArrayList<>();
  private final List<String> violations = SwarmWatch.violations();

  private final List<Lane> lanes = new ArrayList<>();
  private final List<Lane> toDevices = new ArrayList<>();
  private final List<Lane> toIommu = new ArrayList<>();
  private final List<Lane> toMemory = new ArrayList<>();
  private final Lane doorbell;
  private final Lane toTable;
  private final Lane fromTable;

  private final long[][] frames = new long[MMS.size()][PAGES];
  private long framesUsed = 1;
  private int changes;
  private long completed;
  private long nowPs;
  private long step;

  Swarm(long seed, IommuSpec iommuSpec, AtsDeviceSpec deviceSpec) {
    this.dice = Dice.of(seed, "swarm");
    List<Integer> depths =
        List.of(deviceSpec.invalidateQueueDepth(), deviceSpec.invalidateQueueDepth());
    this.iommu = new PartHarness<>(
        new RecordingCtx<Iommu.Command>("iommu0").withPorts("tables", MMS.size())
            .withPorts("devices", DEVICES).withPorts("cpus", 1),
        ctx -> Iommu.create(iommuSpec, new IommuLayout(0, MMS, depths), ctx));
    this.doorbell = lane(Lane.Rule.FIFO,
        body -> tellIommu(new Iommu.CpuSaid((Invalidation.ToIommu) body)));
    this.fromTable = lane(Lane.Rule.ANY,
        body -> tellIommu(new Iommu.TableAnswered((PageWalk.ToWalker) body)));
    this.toTable = lane(Lane.Rule.ANY, body -> walk((PageWalk.Walk) body));
    for (int device = 0; device < DEVICES; device++) {
      addDevice(device, deviceSpec);
    }
    for (int mm = 0; mm < MMS.size(); mm++) {
      for (int page = 0; page < PAGES; page++) {
        frames[mm][page] = framesUsed++;
      }
    }
  }

  /** Runs to the end and returns what went wrong. */
  List<String> run() {
    while (step()) {
      if (++step == STEPS_MOST) {
        violations.add("no end after " + STEPS_MOST + " steps");
        return violations;
      }
    }
    watches.forEach(watch -> watch.end(JOBS));
    if (completed != CHANGES) {
      violations.add(completed + " of " + CHANGES + " submissions completed");
    }
    return violations;
  }

  /** How many completions the devices threw away: proof that the race took place. */
  int discarded() {
    return watches.stream().mapToInt(SwarmWatch::discarded).sum();
  }

  private void addDevice(int number, AtsDeviceSpec spec) {
    List<DmaJob> jobs = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      jobs.add(new DmaJob(dice.below(5_000_000), MMS.get(dice.below(MMS.size())),
          dice.below(PAGES), dice.chance(0.4) ? Access.WRITE : Access.READ, 1, 0, 64));
    }
    devices.add(new PartHarness<>(new RecordingCtx<AtsDevice.Command>("dev" + number),
        ctx -> AtsDevice.create(spec, new AtsDeviceLayout(number, number), DmaWork.of(jobs), ctx)));
    watches.add(new SwarmWatch(
        number, spec.invalidateQueueDepth(), spec.atcEntries(), violations));
    toDevices.add(lane(Lane.Rule.PCIE,
        body -> tellDevice(number, new AtsDevice.IommuSaid((Ats.ToDevice) body))));
    toIommu.add(lane(Lane.Rule.PCIE, body -> hearDevice(number, (Ats.ToIommu) body)));
    toMemory.add(lane(Lane.Rule.ANY, body -> tellDevice(number,
        new AtsDevice.MemoryAnswered(new Dma.Transferred(((Dma.Transfer) body).tag())))));
  }

  private Lane lane(Lane.Rule rule, Consumer<Object> deliver) {
    Lane lane = new Lane(rule, deliver);
    lanes.add(lane);
    return lane;
  }

  /** Does one thing out of all that could be next; false if there is none. */
  private boolean step() {
    nowPs += dice.below(200);
    List<Runnable> next = new ArrayList<>();
    lanes.stream().filter(lane -> lane.isReady(step))
        .forEach(lane -> next.add(() -> lane.deliverOne(dice, step)));
    devices.stream().filter(PartHarness::hasTimers).forEach(part -> next.add(() -> wake(part)));
    if (iommu.hasTimers()) {
      next.add(() -> wake(iommu));
    }
    if (changes < CHANGES && (next.isEmpty() || dice.chance(0.05))) {
      change();
      return true;
    }
    if (!next.isEmpty()) {
      next.get(dice.below(next.size())).run();
    }
    return !next.isEmpty() || lanes.stream().anyMatch(lane -> !lane.isEmpty());
  }

  /** One message in three dawdles, so that others can overtake it. */
  private void post(Lane lane, Object message) {
    lane.add(message, dice.chance(0.3) ? step + dice.below(80) : step);
  }

  private void wake(PartHarness<?> part) {
    part.runNextTimer();
    nowPs = Math.max(nowPs, part.nowPs());
    collect();
  }

  private void tellIommu(Iommu.Command command) {
    iommu.advanceTo(nowPs);
    iommu.tell(command);
    collect();
  }

  private void tellDevice(int device, AtsDevice.Command command) {
    devices.get(device).advanceTo(nowPs);
    devices.get(device).tell(command);
    collect();
  }

  private void hearDevice(int device, Ats.ToIommu body) {
    if (body instanceof Ats.TranslationRequest request) {
      watches.get(device).requested(request);
    } else {
      watches.get(device).invalidationAnswered(((Ats.InvalidateCompletion) body).itag());
    }
    tellIommu(new Iommu.DeviceSaid(body));
  }

  /** Takes a few pages away, gives most of them other frames, and submits an invalidation. */
  private void change() {
    int mm = dice.below(MMS.size());
    int first = dice.below(PAGES);
    int count = Math.min(PAGES - first, 1 + dice.below(3));
    Set<Long> taken = new TreeSet<>();
    for (int page = first; page < first + count; page++) {
      taken.add(frames[mm][page]);
      frames[mm][page] = dice.chance(0.8) ? framesUsed++ : -1;
    }
    PageRange range = dice.chance(0.1) ? PageRange.ALL : block(first, first + count - 1);
    int pasid = MMS.get(mm);
    watches.forEach(watch -> watch.submitted(taken));
    post(doorbell, new Invalidation.Submit(0, changes, changes, List.of(
        new Invalidation.Iotlb(pasid, range),
        new Invalidation.DeviceTlb(0, pasid, range),
        new Invalidation.DeviceTlb(1, pasid, range))));
    changes++;
  }

  /** The smallest naturally aligned block of a power of two of pages that holds both. */
  private static PageRange block(long first, long last) {
    int order = 64 - Long.numberOfLeadingZeros(first ^ last);
    return new PageRange(first >>> order << order, 1L << order);
  }

  private void walk(PageWalk.Walk walk) {
    long pfn = frames[MMS.indexOf(walk.mm())][(int) walk.page()];
    post(fromTable, new PageWalk.Entry(
        walk.tag(), walk.mm(), walk.page(), pfn, pfn >= 0 && walk.page() % 3 != 0, nowPs));
  }

  private void collect() {
    for (Fact fact : iommu.takeMarks()) {
      if (fact instanceof MachineFact.InvalidationSent sent) {
        watches.get(sent.device()).invalidationSent(sent.itag());
      } else if (fact instanceof MachineFact.ProtocolBreach) {
        violations.add("iommu: " + fact);
      }
    }
    for (RecordingCtx.Sent sent : iommu.takeSent("devices")) {
      if (sent.message() instanceof Ats.TranslationCompletion completion) {
        watches.get(sent.member()).answered(completion);
      }
      post(toDevices.get(sent.member()), sent.message());
    }
    iommu.take("tables", PageWalk.Walk.class).forEach(walk -> post(toTable, walk));
    for (Invalidation.Completed status : iommu.take("cpus", Invalidation.Completed.class)) {
      if (status.ticket() != completed++) {
        violations.add("iommu: ticket " + status.ticket() + " out of order");
      }
    }
    for (int device = 0; device < DEVICES; device++) {
      PartHarness<AtsDevice.Command> part = devices.get(device);
      part.takeMarks().forEach(watches.get(device)::stated);
      Lane toIommuLane = toIommu.get(device);
      part.takeSent("iommu").forEach(sent -> post(toIommuLane, sent.message()));
      Lane toMemoryLane = toMemory.get(device);
      part.takeSent("memory").forEach(sent -> post(toMemoryLane, sent.message()));
    }
  }
}

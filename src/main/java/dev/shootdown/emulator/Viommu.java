package dev.shootdown.emulator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Vfio;
import dev.shootdown.protocol.VhostIotlb;
import dev.shootdown.protocol.ViommuNotifier;
import dev.shootdown.protocol.ViommuQueue;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Slot;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The QEMU process, as far as it emulates an IOMMU.
 *
 * <ol>
 *   <li>A submission is worked off in one go under the big lock: descriptor by descriptor, device
 *       by device, event by event. Each ioctl, message or call is waited for; then the guest goes
 *       on.
 *   <li>What a descriptor means for a device is {@link Sync}'s business, and how an event reaches a
 *       listener {@link Region}'s. An assertion ends the process: the guest dies, and containers
 *       and backends are closed.
 *   <li>A backend's miss is translated from the guest's table, either under the same lock or beside
 *       it. Beside it, an invalidation can leave between the reading and the update.
 *   <li>A failed ioctl is printed and forgotten: the emulator believes that it was done.
 *   <li>While a migration goes on, an unmap brings the dirty bits of what it removes, and they are
 *       kept with a frame: by the translated address of the unmap event, which is 0, or by what was
 *       mapped.
 * </ol>
 *
 * <p>Can: intel-iommu of 7.2 and 10.0, SMMUv3's whole-range unmaps, four rules for events beyond a
 * notifier. Can't: hotplug and replay, context entries that go away, several address spaces of a
 * guest, nested translation, an IOTLB of its own (QEMU's is dropped by the same descriptors).
 *
 * <p>Invariants: at most one call of a listener at a time; after an assertion nothing is said but
 * that it died. Ports: {@code guest}, {@code memory}, families {@code containers}, {@code
 * backends}, {@code shadows}.
 */
public final class Viommu extends AbstractBehavior<Viommu.Command>
    implements ViommuQueue.ViommuSide, Vfio.EmulatorSide, VhostIotlb.EmulatorSide,
        ViommuNotifier.EmulatorSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the guest or its memory. */
  public record GuestSaid(ViommuQueue.ToViommu body) implements Command {}

  /** An ioctl returned. */
  public record ContainerSaid(Vfio.ToEmulator body) implements Command {}

  /** Off the wire, from backend number {@code member}. */
  public record BackendSaid(int member, VhostIotlb.ToEmulator body) implements Command {}

  /** A call of a shadow returned. */
  public record ShadowSaid(ViommuNotifier.ToEmulator body) implements Command {}

  /** To itself: a stretch of work under the lock is over. */
  private record Worked() implements Command {}

  /** To itself: a miss beside the lock has been translated. */
  private record Translated(int member, long page, ViommuQueue.Contents found)
      implements Command {}

  /** To itself: a migration begins. */
  private record MigrationDue() implements Command {}

  /** A backend's miss that is translated beside the lock. */
  private record Miss(int member, long page) {}

  /** A submission's times, for the guest's books. */
  private static final class Times {
    private long startedPs;
    private long iotlbDonePs;
  }

  private final ViommuSpec spec;
  private final ViommuLayout layout;
  private final Ctx<Command> ctx;
  private final Port<ViommuQueue.ToGuest> guest;
  private final Port<ViommuQueue.ToGuest> memory;
  private final Callees callees;
  private final List<Sync> syncs = new ArrayList<>();
  private final ArrayDeque<Continuation> steps = new ArrayDeque<>();
  private final Map<Long, Miss> missesBeside = new TreeMap<>();
  private Continuation.With<Object> awaited;
  private Answer awaitedKind;
  private long awaitedTicket;
  private long nextTicket;
  private int speaking;
  private boolean migrating;
  private boolean dead;

  private Viommu(ActorContext<Command> context, ViommuSpec spec, ViommuLayout layout,
      Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.layout = layout;
    this.ctx = ctx;
    this.guest = ctx.port("guest", ViommuQueue.ToGuest.class);
    this.memory = ctx.port("memory", ViommuQueue.ToGuest.class);
    this.callees = new Callees(ctx);
    layout.listeners().forEach(listener -> syncs.add(new Sync(spec, listener)));
    spec.migrationAtPs().ifPresent(atPs -> ctx.after(atPs, new MigrationDue()));
  }

  /** An emulator that has told nobody anything yet. */
  public static Behavior<Command> create(
      ViommuSpec spec, ViommuLayout layout, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Viommu(context, spec, layout, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(GuestSaid.class, said -> alive(() -> said.body().deliverTo(this)))
        .onMessage(ContainerSaid.class, said -> alive(() -> said.body().deliverTo(this)))
        .onMessage(BackendSaid.class, said -> alive(() -> backend(said)))
        .onMessage(ShadowSaid.class, said -> alive(() -> said.body().deliverTo(this)))
        .onMessage(Worked.class, worked -> alive(() -> arrived(awaitedTicket, Answer.WORK, worked)))
        .onMessage(Translated.class, translated -> alive(() -> update(translated)))
        .onMessage(MigrationDue.class, due -> alive(this::migrate))
        .build();
  }

  /** A process that has ended does nothing more. */
  private Behavior<Command> alive(Runnable handler) {
    if (!dead) {
      handler.run();
    }
    return this;
  }

  private void backend(BackendSaid said) {
    speaking = said.member();
    said.body().deliverTo(this);
  }

  private void update(Translated translated) {
    callees.update(translated.member(), translated.page(), translated.found());
  }

  private void migrate() {
    steps.addLast(this::startMigration);
    goOn();
  }

  @Override
  public void on(ViommuQueue.Submit submit) {
    Times times = new Times();
    steps.addLast(() -> {
      times.startedPs = ctx.nowPs();
      times.iotlbDonePs = ctx.nowPs();
    });
    for (Descriptor descriptor : submit.descriptors()) {
      steps.addLast(() -> work(spec.descriptorPs(), () -> { }));
      for (int device = 0; device < syncs.size(); device++) {
        int number = device;
        steps.addLast(() -> process(descriptor, number));
      }
      steps.addLast(() -> {
        if (descriptor.kind() != ViommuQueue.Kind.DEVICE_TLB) {
          times.iotlbDonePs = ctx.nowPs();
        }
      });
    }
    steps.addLast(() ->
        ctx.send(
            guest,
            new ViommuQueue.Done(
                submit.ticket(), times.startedPs, times.iotlbDonePs, ctx.nowPs())));
    goOn();
  }

  @Override
  public void on(ViommuQueue.Contents contents) {
    Miss miss = missesBeside.remove(contents.ticket());
    if (miss == null) {
      arrived(contents.ticket(), Answer.MEMORY, contents);
      return;
    }
    long durationPs = spec.translatePs() + contents.entries() * spec.entryPs();
    ctx.after(durationPs, new Translated(miss.member(), miss.page(), contents));
  }

  @Override
  public void on(Vfio.Result result) {
    arrived(result.ticket(), Answer.IOCTL, result);
  }

  @Override
  public void on(VhostIotlb.Miss miss) {
    int member = speaking;
    PageRange page = PageRange.of(miss.page());
    if (!spec.missUnderLock()) {
      long ticket = nextTicket++;
      missesBeside.put(ticket, new Miss(member, miss.page()));
      ctx.send(memory, new ViommuQueue.Read(ticket, page));
      return;
    }
    steps.addLast(() ->
        read(page, spec.translatePs(),
            contents -> callees.update(member, miss.page(), contents)));
    goOn();
  }

  @Override
  public void on(VhostIotlb.Invalidated invalidated) {
    arrived(invalidated.ticket(), Answer.MESSAGE, invalidated);
  }

  @Override
  public void on(ViommuNotifier.Taken taken) {
    arrived(taken.ticket(), Answer.CALL, taken);
  }

  /** Runs steps until one has to wait, or none is left. */
  private void goOn() {
    while (!dead && awaited == null && !steps.isEmpty()) {
      steps.pollFirst().run();
    }
  }

  private long await(Answer kind, Continuation.With<Object> then) {
    awaited = then;
    awaitedKind = kind;
    awaitedTicket = nextTicket++;
    return awaitedTicket;
  }

  private void arrived(long ticket, Answer kind, Object what) {
    if (awaited == null || ticket != awaitedTicket || kind != awaitedKind) {
      ctx.mark(new MachineFact.ProtocolBreach("an answer came to what the emulator didn't ask"));
      return;
    }
    Continuation.With<Object> then = awaited;
    awaited = null;
    then.accept(what);
    goOn();
  }

  /** Spends time under the lock. */
  private void work(long durationPs, Continuation then) {
    if (durationPs == 0) {
      then.run();
    } else {
      await(Answer.WORK, worked -> then.run());
      ctx.after(durationPs, new Worked());
    }
  }

  private void read(
      PageRange range, long morePs, Continuation.With<ViommuQueue.Contents> then) {
    long ticket = await(Answer.MEMORY, answer -> {
      ViommuQueue.Contents contents = (ViommuQueue.Contents) answer;
      work(contents.entries() * spec.entryPs() + morePs, () -> then.accept(contents));
    });
    ctx.send(memory, new ViommuQueue.Read(ticket, range));
  }

  /** What one descriptor means for one device. */
  private void process(Descriptor descriptor, int device) {
    Sync sync = syncs.get(device);
    List<Notice> calls;
    try {
      calls = sync.calls(descriptor, device);
    } catch (Region.Assertion fired) {
      die(fired);
      return;
    }
    List<Continuation> todo = new ArrayList<>();
    calls.forEach(call -> todo.add(() -> call(sync.listener(), call)));
    sync.walk(descriptor).ifPresent(
        range -> todo.add(() -> read(range, 0, contents -> found(sync, contents))));
    first(todo);
  }

  private void found(Sync sync, ViommuQueue.Contents contents) {
    List<Continuation> todo = new ArrayList<>();
    for (Notice notice : sync.found(contents.slots())) {
      todo.add(() -> deliver(sync, notice));
    }
    first(todo);
  }

  private void deliver(Sync sync, Notice notice) {
    try {
      List<Continuation> todo = new ArrayList<>();
      sync.region().deliver(notice)
          .forEach(call -> todo.add(() -> call(sync.listener(), call)));
      first(todo);
    } catch (Region.Assertion fired) {
      die(fired);
    }
  }

  /** Puts {@code todo} before everything else. */
  private void first(List<Continuation> todo) {
    for (int i = todo.size() - 1; i >= 0; i--) {
      steps.addFirst(todo.get(i));
    }
  }

  private void call(Listener listener, Notice notice) {
    long ticket = await(listener.answer(), answer -> {
      if (answer instanceof Vfio.Result result) {
        keepDirty(notice, result.dirtyPages());
      }
    });
    callees.call(listener, ticket, notice, migrating);
  }

  private void startMigration() {
    migrating = true;
    List<Continuation> todo = new ArrayList<>();
    for (Sync sync : syncs) {
      if (sync.listener().kind() == Listener.Kind.VFIO) {
        Listener container = sync.listener();
        todo.add(() ->
            callees.trackDirty(container, await(container.answer(), tracked -> { })));
      }
    }
    todo.add(() -> ctx.mark(new MachineFact.FramesCleaned(
        -1, MachineFact.Clean.WRITE_BACK, framesTold())));
    first(todo);
  }

  /** The frames that devices can write: their content is copied in the first round. */
  private List<Long> framesTold() {
    List<Long> frames = new ArrayList<>();
    for (Sync sync : syncs) {
      for (Slot slot : sync.told()) {
        for (long i = 0; i < slot.range().pages(); i++) {
          if (!frames.contains(slot.pfn() + i)) {
            frames.add(slot.pfn() + i);
          }
        }
      }
    }
    return frames;
  }

  /** Keeps the dirty bits that an unmap brought with the frames they are taken to be about. */
  private void keepDirty(Notice notice, List<Long> pages) {
    if (pages.isEmpty()) {
      return;
    }
    long firstPage = Spans.pages(notice.span()).firstPage();
    List<Long> frames = new ArrayList<>();
    List<Long> lost = new ArrayList<>();
    for (long page : pages) {
      long was = frameOf(notice.gone(), page);
      boolean byEvent =
          spec.dirtyAttribution() == ViommuSpec.DirtyAttribution.EVENT;
      long frame = byEvent ? layout.firstFrame() + page - firstPage : was;
      frames.add(frame);
      if (frame != was) {
        lost.add(page);
      }
    }
    ctx.mark(new MachineFact.DirtyHarvested(layout.mm(), pages, frames));
    for (long page : lost) {
      ctx.mark(new MachineFact.ProtocolBreach(String.format(
          "lost dirty bit: the write through 0x%x to frame 0x%x is kept with the frame at the"
              + " translated address of an unmap event, 0; migration won't send it again",
          page << 12, frameOf(notice.gone(), page))));
    }
  }

  private static long frameOf(List<Slot> gone, long page) {
    for (Slot slot : gone) {
      if (slot.range().contains(page)) {
        return slot.pfn() + page - slot.range().firstPage();
      }
    }
    return -1;
  }

  private void die(Region.Assertion fired) {
    ctx.mark(new MachineFact.ProtocolBreach(fired.getMessage()));
    dead = true;
    steps.clear();
    ctx.send(guest, new ViommuQueue.Died());
    callees.close();
  }
}

package dev.shootdown.hardware.accelerator;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.protocol.Mirror;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.translation.TranslationCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A GPU that works in the pages of one process, which a driver mirrors for it.
 *
 * <ol>
 *   <li>Jobs run side by side. Each access is looked up in the TLB; a miss asks the driver, and the
 *       job waits for the answer.
 *   <li>Told to forget a range, it drops the range from its TLB and answers. A GPU that cannot stop
 *       a job in the middle first lets all running jobs end, and starts none until it has answered;
 *       what it had asked for before, it asks for again.
 *   <li>A job that the driver refuses a page ends there.
 * </ol>
 *
 * <p>Can: a set-associative TLB, replayable faults, fences. Can't: memory of its own, migration to
 * it, several address spaces, preemption, several pages in one job.
 *
 * <p>Invariants: at most one question per job is open; it answers each {@code Forget} once; no
 * access after the answer goes through a translation of the range that it had before.
 *
 * <p>Ports: {@code driver}.
 */
public final class Gpu extends AbstractBehavior<Gpu.Command> implements Mirror.GpuSide {
  /** What this part is told. */
  public sealed interface Command {}

  /** Off the wire, from the driver. */
  public record DriverSaid(Mirror.ToGpu body) implements Command {}

  /** To itself: a job's next access is due. */
  private record Due(int job) implements Command {}

  /** To itself: the TLB has been searched for what is to be forgotten. */
  private record Searched(PageRange range) implements Command {}

  /** What a job waits for. */
  private enum Question {
    /** Nothing. */
    NONE,
    /** The driver's answer. */
    OPEN,
    /** An answer that may be older than what was forgotten since. */
    OVERTAKEN
  }

  private final GpuSpec spec;
  private final int mm;
  private final List<GpuJob> jobs;
  private final Ctx<Command> ctx;
  private final Port<Mirror.ToDriver> driver;
  private final TranslationCache tlb;
  private final int[] accesses;
  private final Question[] questions;
  private final List<Integer> held = new ArrayList<>();
  private Optional<PageRange> toForget = Optional.empty();
  private boolean searching;
  private int running;

  private Gpu(
      ActorContext<Command> context, GpuSpec spec, int mm, List<GpuJob> jobs,
      Ctx<Command> ctx) {
    super(context);
    this.spec = spec;
    this.mm = mm;
    this.jobs = List.copyOf(jobs);
    this.ctx = ctx;
    this.driver = ctx.port("driver", Mirror.ToDriver.class);
    this.tlb = new TranslationCache(spec.tlbEntries(), spec.tlbWays());
    this.accesses = new int[jobs.size()];
    this.questions = new Question[jobs.size()];
    Arrays.fill(questions, Question.NONE);
    for (int job = 0; job < accesses.length; job++) {
      ctx.after(jobs.get(job).atPs(), new Due(job));
    }
  }

  /** A GPU with an empty TLB, working in address space {@code mm}. */
  public static Behavior<Command> create(
      GpuSpec spec, int mm, List<GpuJob> jobs, Ctx<Command> ctx) {
    return Behaviors.setup(context -> new Gpu(context, spec, mm, jobs, ctx));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(DriverSaid.class, said -> does(() -> said.body().deliverTo(this)))
        .onMessage(Due.class, due -> does(() -> access(due.job())))
        .onMessage(Searched.class, searched -> does(() -> forget(searched.range())))
        .build();
  }

  private Behavior<Command> does(Runnable handler) {
    handler.run();
    return this;
  }

  private boolean isStoppable() {
    return spec.faults() == GpuSpec.Faults.RECOVERABLE;
  }

  private void access(int number) {
    GpuJob job = jobs.get(number);
    boolean starts = accesses[number] == 0;
    if (starts && !isStoppable() && toForget.isPresent()) {
      held.add(number);
      return;
    }
    Optional<TranslationCache.Entry> hit =
        tlb.lookup(mm, job.page()).filter(entry -> entry.writable() || !job.write());
    if (hit.isEmpty()) {
      questions[number] = Question.OPEN;
      ctx.send(driver, new Mirror.Want(number, job.page(), job.write()));
      return;
    }
    running += starts ? 1 : 0;
    ctx.mark(new MachineFact.Used(mm, job.page(), hit.get().pfn(), job.write(), -1));
    accesses[number]++;
    if (accesses[number] < job.count()) {
      ctx.after(Math.max(spec.accessPs(), job.everyPs()), new Due(number));
    } else {
      over();
    }
  }

  private void over() {
    running--;
    search();
  }

  /** Begins to forget, once nothing is in the way. */
  private void search() {
    if (toForget.isPresent() && !searching && (isStoppable() || running == 0)) {
      searching = true;
      ctx.after(spec.invalidationPs(), new Searched(toForget.get()));
    }
  }

  private void forget(PageRange range) {
    if (tlb.invalidate(mm, range) > 0) {
      ctx.mark(new MachineFact.Dropped(mm, range, MachineFact.Cause.INVALIDATED));
    }
    if (!isStoppable()) {
      overtake(range);
    }
    toForget = Optional.empty();
    searching = false;
    ctx.send(driver, new Mirror.Forgotten());
    List<Integer> waiting = List.copyOf(held);
    held.clear();
    waiting.forEach(this::access);
  }

  /** A driver that waited for jobs took its entries away only after this GPU had forgotten. */
  private void overtake(PageRange range) {
    for (int job = 0; job < questions.length; job++) {
      if (questions[job] == Question.OPEN && range.contains(jobs.get(job).page())) {
        questions[job] = Question.OVERTAKEN;
      }
    }
  }

  private boolean isOpen(int job) {
    boolean open = job >= 0 && job < questions.length && questions[job] != Question.NONE;
    if (!open) {
      ctx.mark(new MachineFact.ProtocolBreach("a driver answered what no job asked for"));
    }
    return open;
  }

  @Override
  public void on(Mirror.Mapped mapped) {
    if (!isOpen(mapped.job())) {
      return;
    }
    Question question = questions[mapped.job()];
    questions[mapped.job()] = Question.NONE;
    if (question == Question.OVERTAKEN) {
      ctx.mark(new MachineFact.FillDiscarded(mm, mapped.page()));
      access(mapped.job());
      return;
    }
    ctx.mark(
        new MachineFact.Filled(
            mm, mapped.page(), mapped.pfn(), mapped.writable(), mapped.readAtPs()));
    tlb.insert(
            new TranslationCache.Entry(
                mm, mapped.page(), mapped.pfn(), mapped.writable(), mapped.readAtPs()))
        .ifPresent(
            gone ->
                ctx.mark(
                    new MachineFact.Dropped(
                        mm, PageRange.of(gone.page()), MachineFact.Cause.EVICTED)));
    access(mapped.job());
  }

  @Override
  public void on(Mirror.Failed failed) {
    if (!isOpen(failed.job())) {
      return;
    }
    GpuJob job = jobs.get(failed.job());
    questions[failed.job()] = Question.NONE;
    ctx.mark(new MachineFact.Denied(mm, job.page(), job.write()));
    if (accesses[failed.job()] > 0) {
      over();
    }
  }

  @Override
  public void on(Mirror.Forget forget) {
    if (toForget.isPresent()) {
      ctx.mark(
          new MachineFact.ProtocolBreach(
              "told to forget " + forget.range() + " while forgetting " + toForget.get()));
      return;
    }
    toForget = Optional.of(forget.range());
    search();
  }
}

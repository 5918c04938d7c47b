package dev.shootdown.protocol;

import dev.shootdown.address.Access;
import dev.shootdown.address.PageRange;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.List;

/**
 * Software as a CPU runs it: one step after the other, each chosen with the outcome of the last.
 *
 * <p>The CPU owns time, interruption and stolen time; a program owns only its own progress. It is
 * asked for the next step exactly when the last one is over.
 */
public interface Program {
  /** The next step, or {@link Finish} when there is none. Never called again after that. */
  Step next(Outcome last, long nowPs);

  /** What a CPU can be told to do. */
  sealed interface Step {}

  /** Work for {@code durationPs} ≥ 0. */
  record Spend(Account account, long durationPs) implements Step {}

  /**
   * Ask a lock domain and wait for its answer; the time of service is booked to {@code service}.
   */
  record Ask(int domain, KernelCall.Request request, Account service) implements Step {}

  /** Tell a lock domain something and go on at once. */
  record Tell(int domain, KernelCall.Request request) implements Step {}

  /** Send a flush to each CPU of {@code targets}, one after the other. */
  record Interrupt(List<Integer> targets, FlushHandler.Flush what) implements Step {
    /** A flush of {@code range} of {@code mm} that brings it to {@code generation}. */
    public Interrupt(List<Integer> targets, int mm, long generation, PageRange range) {
      this(targets, new FlushHandler.Flush(mm, generation, range));
    }
  }

  /** Flush this CPU's own TLB if its context calls for it. */
  record FlushLocal(FlushHandler.Flush what) implements Step {
    /** A flush of {@code range} of {@code mm} that brings it to {@code generation}. */
    public FlushLocal(int mm, long generation, PageRange range) {
      this(new FlushHandler.Flush(mm, generation, range));
    }
  }

  /** Wait until all interrupted CPUs have acknowledged. */
  record AwaitAcks() implements Step {}

  /** Ask each of {@code targets} about {@code mm}; the outcome is {@link Unsettled}. */
  record Probe(List<Integer> targets, Ipi.Question question, int mm) implements Step {}

  /**
   * Flush this CPU's own TLB, and issue instructions that make all others forget the same.
   *
   * @param instructions how many it takes, ≥ 1
   */
  record Issue(Broadcast.What what, int instructions) implements Step {}

  /** Wait until everything that this CPU has issued is forgotten everywhere. */
  record Sync() implements Step {}

  /** Write descriptors to the ring of {@code iommu} and ring its doorbell. */
  record Submit(int iommu, List<Invalidation.Descriptor> descriptors) implements Step {}

  /** Wait for everything submitted; the outcome is {@link Undone} if any of it wasn't done. */
  record AwaitInvalidation() implements Step {}

  /** A load or store in user mode. */
  record Touch(int mm, long page, Access access) implements Step {}

  /** Interrupts on or off. */
  record Interrupts(boolean on) implements Step {}

  /** Load the tables of {@code mm}, which is at {@code generation}. */
  record Load(int mm, long generation) implements Step {}

  /** Keep the tables loaded but stop using them: lazy TLB. */
  record BeLazy() implements Step {}

  /** Be busy in user mode, or idle, until {@code untilPs}; over at once if that is past. */
  record Until(long untilPs, boolean idle) implements Step {}

  /** An operation starts here; its time line is booked until {@link End}. */
  record Begin(String kind, int mm, PageRange range) implements Step {}

  /** The operation is over. */
  record End() implements Step {}

  /** State a fact. */
  record Note(MachineFact fact) implements Step {}

  /** Run another program to its end, then go on with this one. */
  record Run(Program program) implements Step {}

  /** Nothing more to do. */
  record Finish() implements Step {}

  /** How the last step went. */
  sealed interface Outcome {}

  /** It was done. */
  record Done() implements Outcome {}

  /** The answer of a lock domain. */
  record Answered(KernelCall.Result result) implements Outcome {}

  /** The touch needs the kernel: the page is not mapped, or not for writing. */
  record Faulted(long page, Access access) implements Outcome {}

  /** What {@link Begin} was given: the operation's number. */
  record Began(long operation) implements Outcome {}

  /** A submission ended otherwise than done; of several, the last that did. */
  record Undone(Invalidation.Status status) implements Outcome {}

  /** The CPUs, of those probed, that still need an interrupt; in the order of asking. */
  record Unsettled(List<Integer> cpus) implements Outcome {}
}

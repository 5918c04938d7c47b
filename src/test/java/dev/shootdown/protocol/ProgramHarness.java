package dev.shootdown.protocol;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Runs kernel software without a CPU: each step is written down and answered at once, time stands
 * still, and programs that run others are taken as one.
 */
public final class ProgramHarness {
  /** The number that every operation is given. */
  public static final long OPERATION = 42;

  private static final int STEPS_MOST = 100_000;

  private final Function<KernelCall.Request, KernelCall.Result> kernel;
  private final List<Program.Step> steps = new ArrayList<>();

  private ProgramHarness(Function<KernelCall.Request, KernelCall.Result> kernel) {
    this.kernel = kernel;
  }

  /** The steps of {@code program}, to its end. */
  public static List<Program.Step> run(
      Program program, Function<KernelCall.Request, KernelCall.Result> kernel) {
    ProgramHarness run = new ProgramHarness(kernel);
    run.run(program);
    return run.steps;
  }

  /**
   * A kernel in which nothing is contended, every page of a visited range is mapped (page p to
   * frame p), and {@code targets} have the address space loaded.
   */
  public static KernelCall.Result answer(
      KernelCall.Request request, KernelCall.FlushTargets targets) {
    if (request instanceof KernelCall.NextGeneration) {
      return targets;
    } else if (request instanceof KernelCall.GatherCheck) {
      return new KernelCall.Nested(false);
    } else if (request instanceof KernelCall.TableVisit visit) {
      return visited(visit.range());
    } else if (request instanceof KernelCall.FindArea) {
      return new KernelCall.Area(true, true);
    } else if (request instanceof KernelCall.Allocate) {
      return new KernelCall.Frames(List.of(900L));
    } else if (request instanceof KernelCall.TakeUp) {
      return new KernelCall.Generation(5);
    }
    return new KernelCall.Ok();
  }

  private static KernelCall.Visited visited(PageRange range) {
    List<Long> pages = new ArrayList<>();
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      pages.add(page);
    }
    return new KernelCall.Visited(pages, pages);
  }

  private void run(Program whole) {
    ArrayDeque<Program> calls = new ArrayDeque<>();
    calls.addLast(whole);
    Program.Outcome last = new Program.Done();
    for (int i = 0; i < STEPS_MOST; i++) {
      Program.Step step = calls.getLast().next(last, 0);
      if (step instanceof Program.Run inner) {
        calls.addLast(inner.program());
        last = new Program.Done();
      } else if (step instanceof Program.Finish) {
        calls.removeLast();
        if (calls.isEmpty()) {
          return;
        }
        last = new Program.Done();
      } else {
        steps.add(step);
        last = outcome(step);
      }
    }
    throw new IllegalStateException("the program does not end");
  }

  private Program.Outcome outcome(Program.Step step) {
    if (step instanceof Program.Ask ask) {
      return new Program.Answered(kernel.apply(ask.request()));
    } else if (step instanceof Program.Begin) {
      return new Program.Began(OPERATION);
    }
    return new Program.Done();
  }

  /** The steps in short words, for a comparison at a glance. */
  public static List<String> words(List<Program.Step> steps) {
    return steps.stream().map(ProgramHarness::word).toList();
  }

  private static String word(Program.Step step) {
    if (step instanceof Program.Ask ask) {
      return ask.request().getClass().getSimpleName();
    } else if (step instanceof Program.Tell tell) {
      return tell.request().getClass().getSimpleName();
    } else if (step instanceof Program.Spend spend) {
      return "Spend " + spend.account();
    } else if (step instanceof Program.Interrupts interrupts) {
      return "Interrupts " + (interrupts.on() ? "on" : "off");
    } else if (step instanceof Program.Note note) {
      return note(note.fact());
    }
    return step.getClass().getSimpleName();
  }

  private static String note(MachineFact fact) {
    if (fact instanceof MachineFact.FlushBegan flush) {
      return "FlushBegan " + flush.audience();
    } else if (fact instanceof MachineFact.FlushEnded flush) {
      return "FlushEnded " + flush.audience();
    }
    return fact.getClass().getSimpleName();
  }

  /** The flushes for {@code audience} that began, in order. */
  public static List<MachineFact.FlushBegan> flushes(
      List<Program.Step> steps, MachineFact.Audience audience) {
    return of(steps, Program.Note.class).stream()
        .filter(note -> note.fact() instanceof MachineFact.FlushBegan)
        .map(note -> (MachineFact.FlushBegan) note.fact())
        .filter(flush -> flush.audience() == audience)
        .toList();
  }

  /** The steps of one kind, in order. */
  public static <S extends Program.Step> List<S> of(List<Program.Step> steps, Class<S> type) {
    return steps.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The requests of one kind that were asked or told, in order. */
  public static <R extends KernelCall.Request> List<R> requests(
      List<Program.Step> steps, Class<R> type) {
    List<R> requests = new ArrayList<>();
    for (Program.Step step : steps) {
      KernelCall.Request request =
          step instanceof Program.Ask ask
              ? ask.request() : step instanceof Program.Tell tell ? tell.request() : null;
      if (type.isInstance(request)) {
        requests.add(type.cast(request));
      }
    }
    return requests;
  }
}

package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.kernel.notifier.Policy.Subscribers;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * mmu_notifier brackets: subscribers are called one after the other, those of the interval tree
 * first, at the start as at the end (Linux 6.12, mm/mmu_notifier.c).
 */
final class PathBrackets {
  /** The steps that end a bracket. */
  static final Set<Primitive> ENDS = EnumSet.of(Primitive.N_END, Primitive.N_ONLY_END);

  private final PathRun run;
  private final PathFlow flow;
  private final PathPlacement placement;
  private final ArrayDeque<Open> open = new ArrayDeque<>();
  private final Subscribers when;

  /** A bracket that has begun. */
  private record Open(PageRange range, MachineFact.Event event) {}

  PathBrackets(PathRun run, PathFlow flow, PathPlacement placement) {
    this.run = run;
    this.flow = flow;
    this.placement = placement;
    this.when = run.setup().placement().policy().subscribers();
  }

  boolean carryOut(PathStep step) {
    switch (step.primitive()) {
      case N_START -> start(step);
      case N_END, N_ONLY_END -> end();
      case RELEASE -> release();
      case CHANGE_PTE -> changePte(step);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** mmu_notifier_release: all let go of the address space, and then are off its list. */
  private void release() {
    PageRange all = PageRange.ALL;
    begin(new Open(all, MachineFact.Event.RELEASE), true, () -> { });
    run.then(
        () -> {
          close(all, Integer.MAX_VALUE);
          run.run(
              run.setup().rules().secondaryFlush(
                  run.flush(all, true).with(FlushRules.Binding.RELEASING)));
          run.released = true;
        });
  }

  /** What was taken out here is about to get another entry; nobody is asked whether he minds. */
  private void changePte(PathStep step) {
    if (when == Subscribers.NEVER) {
      return;
    }
    for (Capture capture : run.found()) {
      long pfn = step.has("same") ? capture.pfn() : run.freshFor(capture);
      if (capture.isOut() && pfn >= 0) {
        KernelCall.ChangePte change =
            new KernelCall.ChangePte(
                run.mm(), capture.page(), pfn, !step.has("read-only"));
        run.subscribers().forEach(
            subscriber -> run.call(subscriber, change, Account.NOTIFIER));
      }
    }
  }

  private void start(PathStep step) {
    MachineFact.Event event = MachineFact.Event.CLEAR;
    for (MachineFact.Event each : MachineFact.Event.values()) {
      event = step.has(each.name()) ? each : event;
    }
    String where = step.words().stream()
        .filter(word -> List.of("group", "page", "all").contains(word)).findFirst().orElse("");
    Open bracket = new Open(run.named(where), event);
    open.push(bracket);
    if (when == Subscribers.AROUND) {
      begin(
          bracket, !step.has("nonblock"), () -> placement.bracketStarts(bracket.range()));
    } else {
      placement.bracketStarts(bracket.range());
    }
  }

  private void begin(Open bracket, boolean blockable, Continuation begun) {
    run.tell(
        run.space(),
        new KernelCall.NotifierStart(run.mm(), bracket.range(), bracket.event()));
    call(
        new KernelCall.SubscriberStart(
            run.mm(), bracket.range(), bracket.event(), blockable),
        0, begun);
  }

  /** Calls the subscribers from number {@code index} on, unless one refuses. */
  private void call(KernelCall.SubscriberStart start, int index, Continuation begun) {
    List<Integer> subscribers = run.subscribers();
    if (index < subscribers.size()) {
      run.call(
          subscribers.get(index), start, Account.NOTIFIER,
          result -> {
            if (result instanceof KernelCall.Again) {
              giveUp(start.range(), index);
            } else {
              call(start, index + 1, begun);
            }
          });
    } else {
      begun.run();
    }
  }

  /** Those that had agreed are told that it is over, and the path goes on behind the bracket. */
  private void giveUp(PageRange range, int agreed) {
    open.pop();
    close(range, agreed);
    flow.skipBehind(ENDS);
  }

  private void end() {
    Open bracket = open.pop();
    placement.bracketEnds();
    if (when == Subscribers.AT_END) {
      begin(bracket, true, () -> close(bracket.range(), Integer.MAX_VALUE));
    } else if (when == Subscribers.AROUND) {
      close(bracket.range(), Integer.MAX_VALUE);
    }
  }

  private void close(PageRange range, int subscribersMost) {
    run.subscribers().stream().limit(subscribersMost).forEach(
        subscriber ->
            run.call(
                subscriber, new KernelCall.SubscriberEnd(run.mm(), range), Account.NOTIFIER));
    run.tell(run.space(), new KernelCall.NotifierEnd(run.mm(), range));
  }
}

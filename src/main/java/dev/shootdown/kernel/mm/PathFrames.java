package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.KernelWords.FrameKind;
import dev.shootdown.protocol.KernelWords.FrameState;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Clean;
import dev.shootdown.trace.MachineFact.Share;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Frames: their references, their content, and whether captured pages are still what they were. */
final class PathFrames {
  private static final Set<Primitive> TAKE_OUT =
      EnumSet.of(Primitive.PTE_CLEAR, Primitive.PTE_SWAP, Primitive.PTE_MIGRATION);

  private final PathRun run;
  private final PathGather gather;
  private final PathFlow flow;
  private final TreeMap<Long, Integer> held = new TreeMap<>();

  PathFrames(PathRun run, PathGather gather, PathFlow flow) {
    this.run = run;
    this.gather = gather;
    this.flow = flow;
  }

  boolean carryOut(PathStep step) {
    switch (step.primitive()) {
      case PAGE_ALLOC -> allocate(step);
      case COPY_CONTENT -> copy();
      case COMPARE_CONTENT -> compare();
      case PTE_SAME -> same();
      case CHECK_REFS -> checkReferences(step.has("taken"));
      case WRITE_BACK -> writeBack();
      case DISCARD_MARK -> clean(run.found(), Clean.DISCARDABLE);
      case MKCLEAN_MARK -> clean(run.found(), Clean.MKCLEAN);
      case SHARE -> {
        boolean fork = step.has("fork");
        tellIfAny(
            fork ? PathRun.pfns(run.found()) : run.freshHere(),
            pfns -> new KernelCall.ShareFrames(pfns, fork ? Share.FORK : Share.KSM));
      }
      case UNSHARE -> tellIfAny(PathRun.pfns(run.found()), KernelCall.UnshareFrames::new);
      default -> {
        return references(step);
      }
    }
    return true;
  }

  private boolean references(PathStep step) {
    boolean ofFresh = step.has("fresh");
    List<Long> pfns = ofFresh ? run.freshHere() : PathRun.pfns(run.found());
    switch (step.primitive()) {
      case RMAP_DEL -> deleteReverseMap();
      case FRAME_GET -> {
        pfns.forEach(pfn -> held.merge(pfn, 1, Integer::sum));
        tellIfAny(pfns, KernelCall.Get::new);
      }
      case FRAME_PUT -> {
        pfns.forEach(pfn -> held.merge(pfn, -1, Integer::sum));
        pfns.forEach(run.owned::remove);
        put(pfns, false);
      }
      case PAGE_FREE -> {
        if (ofFresh) {
          List<Long> own = pfns.stream().filter(run.owned::contains).toList();
          own.forEach(run.owned::remove);
          put(own, false);
        } else if (step.has("captured")) {
          freeCaptured();
        } else {
          gather.free();
        }
      }
      case CACHE_DROP -> dropCached();
      case LRU_DRAIN -> run.setup().folios().drain(run);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void tellIfAny(
      List<Long> pfns, Function<List<Long>, KernelCall.Request> request) {
    if (!pfns.isEmpty()) {
      run.tell(run.frames(), request.apply(pfns));
    }
  }

  private void put(List<Long> pfns, boolean unmaps) {
    if (!pfns.isEmpty()) {
      run.call(
          run.frames(),
          new KernelCall.Free(pfns, run.setup().costs().pageFreePs(), unmaps),
          Account.PAGE_FREE);
    }
  }

  /** Pages that fresh frames are needed for, or one of 2 MiB. */
  private void allocate(PathStep step) {
    boolean huge = step.has("huge");
    FrameKind kind = step.has("ksm") ? FrameKind.KSM : FrameKind.ANON;
    List<Long> pages = new ArrayList<>();
    if (huge) {
      pages.add(run.here().firstPage());
    } else {
      for (Capture capture : run.found()) {
        long count = step.has("parts") ? capture.pages() : 1;
        for (long i = 0; i < count; i++) {
          pages.add(capture.page() + i);
        }
      }
      pages.removeAll(run.fresh.keySet());
    }
    if (pages.isEmpty()) {
      return;
    }
    run.call(
        run.frames(), new KernelCall.Allocate(pages.size(), kind, false, huge ? 9 : 0),
        Account.PAGE_ALLOC,
        result -> {
          List<Long> pfns = ((KernelCall.Frames) result).pfns();
          for (int i = 0; i < pages.size(); i++) {
            run.fresh.put(pages.get(i), pfns.get(i));
            run.owned.add(pfns.get(i));
          }
          run.spend(
              Account.PAGE_ALLOC,
              pages.size() * (huge ? TablePage.ENTRIES : 1)
                  * run.setup().costs().pageAllocPs());
        });
  }

  private void copy() {
    long copyPs = run.setup().costs().rarely().copyPs();
    for (Capture capture : run.found()) {
      long to = run.freshFor(capture);
      if (to >= 0 && !run.fresh.containsKey(capture.page() + 1)) {
        copy(capture.page(), capture.pfn(), to, capture.pages() * copyPs);
        continue;
      }
      for (long i = 0; i < capture.pages(); i++) {
        Long part = run.fresh.get(capture.page() + i);
        if (part != null) {
          copy(capture.page() + i, capture.pfn() + i, part, copyPs);
        }
      }
    }
  }

  /** From now on the fresh frames stand for what was captured, as if it had been copied there. */
  private void compare() {
    long comparePs = run.setup().costs().rarely().comparePs();
    for (Capture capture : run.found()) {
      Long to = run.fresh.get(capture.page());
      if (to != null) {
        copy(capture.page(), capture.pfn(), to, comparePs);
      } else {
        run.spend(Account.CONTENT, comparePs);
      }
    }
  }

  private void copy(long page, long from, long to, long durationPs) {
    run.note(new MachineFact.CopyBegan(run.operation, run.mm(), page, from, to));
    run.spend(Account.CONTENT, durationPs);
  }

  /** Compares what stands in the table with what was captured. */
  private void same() {
    KernelCall.TableVisit look =
        new KernelCall.TableVisit(
            KernelCall.Visit.LOOK, run.here(), PathJob.NOWHERE, List.of(), 0, false);
    run.call(
        run.table(), look, Account.PTE_WORK,
        result -> {
          KernelCall.Visited now = (KernelCall.Visited) result;
          List<Capture> found = run.found();
          boolean present = now.seen().stream()
              .allMatch(seen -> seen.kind() == KernelCall.EntryKind.PRESENT);
          boolean same = present
              && now.pages().equals(found.stream().map(Capture::page).toList())
              && now.pfns().equals(PathRun.pfns(found))
              && now.seen().stream().map(KernelCall.Seen::writable).toList()
                  .equals(found.stream().map(Capture::isWritable).toList());
          if (!same) {
            flow.checkFailed();
          }
        });
  }

  /** Somebody else has a reference (GUP, O_DIRECT) if mappings and our own don't explain all. */
  private void checkReferences(boolean taken) {
    List<Long> pfns = PathRun.pfns(run.found());
    if (taken && !run.found().stream().allMatch(Capture::isOut)) {
      flow.checkFailed(); // another took it out meanwhile, and has its reference
      return;
    }
    run.call(
        run.frames(), new KernelCall.Inspect(pfns), Account.SOFTWARE,
        result -> {
          List<FrameState> states = ((KernelCall.FrameStates) result).frames();
          if (!states.stream().allMatch(this::isExplained)) {
            flow.checkFailed();
          }
        });
  }

  private boolean isExplained(FrameState frame) {
    int cache = frame.kind() == FrameKind.FILE ? 1 : 0;
    int own = held.getOrDefault(frame.pfn(), 0) + (run.owned.contains(frame.pfn()) ? 1 : 0);
    own += (int) run.captured.values().stream()
        .filter(page -> page.pfn() == frame.pfn() && page.isOut() && page.isUnmapped()).count();
    return frame.references() > 0 && frame.references() == frame.mappings() + cache + own;
  }

  /** Of what it took out of the table a path writes nothing that another had taken out before. */
  private void writeBack() {
    boolean takesOut = run.steps().stream().anyMatch(step -> TAKE_OUT.contains(step.primitive()));
    List<Capture> written =
        run.found().stream().filter(page -> page.isOut() || !takesOut).toList();
    clean(written, Clean.WRITE_BACK);
    run.spend(
        Account.CONTENT, written.size() * run.setup().costs().rarely().writeBackPs());
  }

  private void clean(List<Capture> pages, Clean why) {
    tellIfAny(PathRun.pfns(pages), pfns -> new KernelCall.CleanFrames(pfns, why));
  }

  private void deleteReverseMap() {
    gather.deleteReverseMap();
    List<Capture> mapped =
        run.found().stream().filter(page -> page.isOut() && !page.isUnmapped()).toList();
    mapped.forEach(Capture::unmap);
    tellIfAny(PathRun.pfns(mapped), KernelCall.UnmapFrames::new);
  }

  /** Gives back the references that the mappings held which the path took out. */
  private void freeCaptured() {
    for (boolean unmapped : new boolean[] {false, true}) {
      List<Capture> out =
          run.found().stream()
              .filter(page -> page.isOut() && page.isUnmapped() == unmapped).toList();
      put(PathRun.pfns(out), !unmapped);
      out.forEach(page -> page.out(false)); // so that it can't be given back twice
    }
  }

  /** Lets the owner go of those frames that have one. */
  private void dropCached() {
    TreeSet<Long> pfns = new TreeSet<>(PathRun.pfns(run.found()));
    pfns.addAll(gather.everGathered());
    if (pfns.isEmpty()) {
      return;
    }
    run.call(
        run.frames(), new KernelCall.Inspect(List.copyOf(pfns)), Account.SOFTWARE,
        result -> {
          List<Long> cached = ((KernelCall.FrameStates) result).frames().stream()
              .filter(frame -> frame.kind() == FrameKind.FILE && frame.references() > 0
                  || frame.kind() == FrameKind.PFN_MAPPED)
              .map(FrameState::pfn).toList();
          if (!cached.isEmpty()) {
            run.call(
                run.frames(),
                new KernelCall.DropCached(cached, run.setup().costs().pageFreePs()),
                Account.PAGE_FREE);
          }
        });
  }
}

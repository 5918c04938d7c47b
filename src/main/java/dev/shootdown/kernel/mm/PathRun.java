package dev.shootdown.kernel.mm;

import dev.shootdown.address.PageRange;
import dev.shootdown.engine.Continuation;
import dev.shootdown.kernel.notifier.FlushRules;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.protocol.Program;
import dev.shootdown.trace.Account;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A path being carried out: where it is, what it has found and taken, and the steps of the CPU that
 * it has still to hand out.
 */
final class PathRun {
  private final PathJob job;
  private final List<PathStep> steps;
  private final KernelSetup setup;
  private final ArrayDeque<Item> queue = new ArrayDeque<>();
  private final List<Item> added = new ArrayList<>();
  private Continuation.With<KernelCall.Result> awaiting;

  /** Number of the operation that the path belongs to. */
  long operation;

  /** Index of the step that comes next. */
  int at;

  /** The area of a for-area, else the range. */
  PageRange area;

  /** The file behind it, −1 for anonymous memory. */
  int file;

  /** Whether its entries name memory that no path may touch the counts of (vm_normal_page). */
  boolean pfnMapped;

  /** The group of a for-group, else the area. */
  PageRange group;

  /** The page of a for-page, with all that a 2 MiB entry there covers; null outside. */
  PageRange page;

  /** What the last visit changed: its hull, and its pages one by one. */
  PageRange changed = PathJob.NOWHERE;

  final List<PageRange> changedPages = new ArrayList<>();

  /** The hull of those that gave access, and the NUMA hints, which had taken it away before. */
  PageRange accessible = PathJob.NOWHERE;

  final List<PageRange> hints = new ArrayList<>();

  /** Whether a page-table lock is held. */
  boolean locked;

  /** Whether it was taken for the visit that comes next, which gives it back. */
  boolean lockedAhead;

  /** Whether subscribers and drivers have been released, and hear of nothing any more. */
  boolean released;

  /** Pages that were found, outside a gather. */
  final TreeMap<Long, Capture> captured = new TreeMap<>();

  /** Frames that take the place of captured ones, by page. */
  final TreeMap<Long, Long> fresh = new TreeMap<>();

  /** Those among them of which the path still holds the reference that it was given. */
  final TreeSet<Long> owned = new TreeSet<>();

  /** Page-table pages that were unhooked and not freed. */
  final List<Long> tables = new ArrayList<>();

  /** What is done next: a step for the CPU, or code of the path's own. */
  private record Item(
      Program.Step step, Continuation.With<KernelCall.Result> answered, Continuation code) {}

  PathRun(PathJob job, List<PathStep> steps, KernelSetup setup) {
    this.job = job;
    this.steps = steps;
    this.setup = setup;
    everywhere();
  }

  /** Nothing is repeated: steps are about the whole range. */
  void everywhere() {
    area = job.range();
    group = area;
    file = job.file();
    pfnMapped = job.pieces().stream().allMatch(Action.Piece::pfnMapped);
  }

  PathJob job() {
    return job;
  }

  List<PathStep> steps() {
    return steps;
  }

  KernelSetup setup() {
    return setup;
  }

  int mm() {
    return job.mm();
  }

  int space() {
    return setup.map().addressSpace(job.mm());
  }

  int table() {
    return setup.map().table(job.mm());
  }

  int frames() {
    return setup.map().frames();
  }

  /** What the next step is about: the page, else the group, else the area, else the range. */
  PageRange here() {
    return page != null ? page : group;
  }

  /** The range that a word names; {@code changed} and {@code gathered} are not among them. */
  PageRange named(String word) {
    return switch (word) {
      case "group" -> group;
      case "page" -> here();
      case "all" -> PageRange.ALL;
      default -> area;
    };
  }

  /** The captured pages of here, in order. */
  List<Capture> found() {
    PageRange here = here();
    return new ArrayList<>(captured.subMap(here.firstPage(), here.endPage()).values());
  }

  static List<Long> pfns(Collection<Capture> captures) {
    return captures.stream().map(Capture::pfn).toList();
  }

  /** The frame that takes the place of a captured one, −1 for none. */
  long freshFor(Capture capture) {
    Long own = fresh.get(capture.page());
    if (own != null) {
      return own;
    }
    Long whole = fresh.get(Tables.group(capture.page()) * TablePage.ENTRIES);
    return whole == null ? -1 : whole + capture.page() % TablePage.ENTRIES;
  }

  /** The fresh frames of here. */
  List<Long> freshHere() {
    return new ArrayList<>(fresh.subMap(here().firstPage(), here().endPage()).values());
  }

  void step(Program.Step step) {
    added.add(new Item(step, null, null));
  }

  void note(MachineFact fact) {
    step(new Program.Note(fact));
  }

  void run(Program program) {
    step(new Program.Run(program));
  }

  void tell(int domain, KernelCall.Request request) {
    step(new Program.Tell(domain, request));
  }

  void spend(Account account, long durationPs) {
    if (durationPs > 0) {
      step(new Program.Spend(account, durationPs));
    }
  }

  void call(int domain, KernelCall.Request request, Account service) {
    call(domain, request, service, result -> { });
  }

  /** Asks, and does {@code answered} before anything that was queued behind. */
  void call(
      int domain, KernelCall.Request request, Account service,
      Continuation.With<KernelCall.Result> answered) {
    added.add(new Item(new Program.Ask(domain, request, service), answered, null));
  }

  /** Does something of the path's own when everything queued before is over. */
  void then(Continuation code) {
    added.add(new Item(null, null, code));
  }

  FlushRules.Job flush(PageRange range, boolean freedTables) {
    return flush(range, freedTables, 0);
  }

  FlushRules.Job flush(PageRange range, boolean freedTables, int strideOrder) {
    return new FlushRules.Job(
        operation, job.mm(), range, freedTables, strideOrder,
        released ? FlushRules.Binding.RELEASED : FlushRules.Binding.BOUND);
  }

  /** The subscribers that brackets call, in call order. */
  List<Integer> subscribers() {
    return released ? List.of() : setup.map().subscribersOf(job.mm());
  }

  void flushSecondary(PageRange range) {
    run(setup.rules().secondaryFlush(flush(range, false)));
  }

  /** Takes the answer to the last question in. */
  void take(Program.Outcome last) {
    if (awaiting != null && last instanceof Program.Answered answered) {
      Continuation.With<KernelCall.Result> then = awaiting;
      awaiting = null;
      then.accept(answered.result());
      putFirst();
    }
  }

  /** What was added goes before what was queued. */
  void putFirst() {
    for (int i = added.size() - 1; i >= 0; i--) {
      queue.addFirst(added.get(i));
    }
    added.clear();
  }

  /** The next step that is queued, null if there is none. */
  Program.Step next() {
    while (!queue.isEmpty()) {
      Item item = queue.removeFirst();
      if (item.code() == null) {
        awaiting = item.answered();
        return item.step();
      }
      item.code().run();
      putFirst();
    }
    return null;
  }
}

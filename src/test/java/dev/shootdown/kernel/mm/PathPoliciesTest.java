package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.shootdown.address.PageRange;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.KernelMap;
import dev.shootdown.kernel.notifier.Placement;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.Policy.Change;
import dev.shootdown.kernel.notifier.Policy.Flush;
import dev.shootdown.kernel.notifier.Policy.Point;
import dev.shootdown.kernel.notifier.Policy.Width;
import dev.shootdown.kernel.notifier.ShippedPolicies;
import dev.shootdown.protocol.KernelCall;
import dev.shootdown.trace.MachineFact;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where each policy puts the secondary flush, in paths with one of their own and without. */
class PathPoliciesTest {
  private static final String[] PROTECT = {
    "n-start PROTECTION_VMA", "pte-protect", "cpu-flush changed", "AB: sec-inv range", "n-end"
  };
  private static final String[] UNDER_LOCK = {
    "n-start CLEAR", "pte-clear keep-lock", "cpu-flush changed", "ptl-unlock", "n-end"
  };

  private static List<String> run(String policy, String... steps) {
    List<String> words = Trip.policy(policy).run(steps);
    words.removeIf("DirtyFrames"::equals);
    return words;
  }

  @Test
  void shouldFlushWhereThePathSaysWhenTheEraDecides() {
    assertThat(run("era", PROTECT)).containsExactly(
        "NotifierStart", "PROTECT 10+4", "cpu 10+4", "sec 10+4", "NotifierEnd");
    assertThat(run("era", UNDER_LOCK)).doesNotContain("sec 10+4");
  }

  @Test
  void shouldFlushBeforeTheLockIsDroppedWhenItIsUnderPtl() {
    assertThat(run("under-ptl", PROTECT)).containsExactly(
        "NotifierStart", "PROTECT keep 10+4", "sec 10+4", "TableUnlock", "cpu 10+4",
        "NotifierEnd");
    assertThat(run("under-ptl", UNDER_LOCK)).containsExactly(
        "NotifierStart", "CLEAR keep 10+4", "sec 10+4", "cpu 10+4", "TableUnlock",
        "NotifierEnd");
  }

  @Test
  void shouldFlushAsSoonAsTheLockIsDroppedWhenItIsAfterPtl() {
    assertThat(run("after-ptl", PROTECT)).containsExactly(
        "NotifierStart", "PROTECT 10+4", "sec 10+4", "cpu 10+4", "NotifierEnd");
    assertThat(run("after-ptl", UNDER_LOCK)).containsExactly(
        "NotifierStart", "CLEAR keep 10+4", "cpu 10+4", "TableUnlock", "sec 10+4",
        "NotifierEnd");
  }

  @Test
  void shouldFlushTheBracketWhenItIsAtEnd() {
    for (String[] path : List.of(PROTECT, UNDER_LOCK)) {
      assertThat(run("at-end", path)).endsWith("sec 10+4", "NotifierEnd");
      assertThat(run("both", path)).filteredOn("sec 10+4"::equals).hasSize(2);
      assertThat(run("both", path)).endsWith("sec 10+4", "NotifierEnd");
      assertThat(run("only-end", path)).doesNotContain("sec 10+4");
    }
  }

  @Test
  void shouldOpenAWindowWhenItIsDeferred() {
    Trip trip = Trip.policy("deferred");
    assertThat(trip.run(PROTECT)).containsExactly(
        "NotifierStart", "PROTECT 10+4", "cpu 10+4", "StaleWindowOpened", "sec 10+4",
        "StaleWindowClosed", "NotifierEnd");
    assertThat(trip.kernel.facts(MachineFact.StaleWindowClosed.class))
        .extracting(MachineFact.StaleWindowClosed::range).containsExactly(Trip.FOUR);
  }

  @Test
  void shouldLeaveItToTheCpuFlushWhenItIsTheArchitectures() {
    assertThat(run("arch", PROTECT)).containsExactly(
        "NotifierStart", "PROTECT 10+4", "cpu 10+4", "sec 10+4", "NotifierEnd");
  }

  /** The rule of 0f10851ea475: at once where the page changes, at the end where only rights do. */
  private static final Policy BY_CHANGE =
      own(
          Policy.Subscribers.AROUND,
          new Flush(
              Point.UNDER_PTL, EnumSet.of(Change.CLEAR, Change.REPOINT), Width.CHANGED, false),
          new Flush(Point.AT_END, EnumSet.of(Change.DOWNGRADE), Width.BRACKET, false));

  private static Policy own(Policy.Subscribers subscribers, Flush... flushes) {
    return new Policy(
        "own", "", 9, false, List.of(flushes), subscribers, EnumSet.allOf(Era.class));
  }

  private static List<String> run(Policy policy, String... steps) {
    Trip trip = new Trip(Trip.four(), new Placement(Era.B, Architecture.X86, policy));
    List<String> words = trip.run(steps);
    words.removeIf("DirtyFrames"::equals);
    return words;
  }

  @Test
  void shouldFlushAfterTheChangesThatThePolicyNames() {
    assertThat(run(BY_CHANGE, PROTECT)).containsExactly(
        "NotifierStart", "PROTECT 10+4", "cpu 10+4", "sec 10+4", "NotifierEnd");
    assertThat(run(BY_CHANGE, UNDER_LOCK)).containsExactly(
        "NotifierStart", "CLEAR keep 10+4", "sec 10+4", "cpu 10+4", "TableUnlock",
        "NotifierEnd");
    assertThat(run(BY_CHANGE, "n-start CLEAR", "pte-upgrade", "n-end"))
        .noneMatch(word -> word.startsWith("sec"));
  }

  @Test
  void shouldFlushAsWidelyAsThePolicySays() {
    Policy all = own(
        Policy.Subscribers.AROUND, new Flush(Point.UNDER_PTL, Set.of(), Width.ALL, false));
    Policy bracket = own(
        Policy.Subscribers.AROUND, new Flush(Point.AFTER_PTL, Set.of(), Width.BRACKET, false));
    Policy changed = own(
        Policy.Subscribers.AROUND, new Flush(Point.AT_END, Set.of(), Width.CHANGED, false));

    assertThat(run(all, PROTECT)).contains("sec all");
    assertThat(run(bracket, "n-start CLEAR all", "pte-protect", "n-end")).contains("sec all");
    assertThat(run(changed, "n-start CLEAR all", "pte-protect", "n-end"))
        .endsWith("sec 10+4", "NotifierEnd");
    assertThat(run(changed, "n-start CLEAR all", "pte-look", "n-end"))
        .noneMatch(word -> word.startsWith("sec"));
  }

  /** Each bracket answers for the changes inside of it. */
  @Test
  void shouldFlushWhatEachBracketSawWhenBracketsNest() {
    Policy changed = own(
        Policy.Subscribers.AROUND, new Flush(Point.AT_END, Set.of(), Width.CHANGED, false));

    assertThat(run(
        changed, "n-start CLEAR all", "n-start CLEAR", "pte-protect", "n-end", "pte-clear",
        "n-end")).containsExactly(
        "NotifierStart", "NotifierStart", "PROTECT 10+4", "sec 10+4", "NotifierEnd",
        "CLEAR 10+4", "sec 10+4", "NotifierEnd");
  }

  @Test
  void shouldFlushBehindTheSubscribersWhenItIsAtTheStart() {
    Policy start = own(Policy.Subscribers.AROUND, Flush.of(Point.AT_START));

    assertThat(run(start, PROTECT)).containsExactly(
        "NotifierStart", "sec 10+4", "PROTECT 10+4", "cpu 10+4", "NotifierEnd");
    assertThat(new Subscribers(false, true).under(start, "n-start CLEAR", "pte-clear", "n-end"))
        .containsSubsequence("SubscriberStart", "SubscriberStart", "sec 10+4", "CLEAR 10+4");
    assertThat(new Subscribers(false, true).under(start, "n-start UNMAP nonblock", "n-end"))
        .noneMatch(word -> word.startsWith("sec"));
  }

  /** invalidate_page told subscribers when the entry had changed already (bug 2). */
  @Test
  void shouldTellSubscribersLateOrNeverWhenThePolicySaysSo() {
    Policy late = own(Policy.Subscribers.AT_END, Flush.of(Point.AT_END));
    Policy never = own(Policy.Subscribers.NEVER, Flush.of(Point.AT_END));

    assertThat(new Subscribers(false, false).under(late, "n-start CLEAR", "pte-clear", "n-end"))
        .containsExactly(
            "CLEAR 10+4", "DirtyFrames", "sec 10+4", "NotifierStart", "SubscriberStart",
            "SubscriberStart", "SubscriberEnd", "SubscriberEnd", "NotifierEnd");
    assertThat(new Subscribers(false, false).under(never, "n-start CLEAR", "pte-clear", "n-end"))
        .containsExactly("CLEAR 10+4", "DirtyFrames", "sec 10+4");
  }

  @Test
  void shouldNotFlushWhenNoRightWasTaken() {
    assertThat(run("under-ptl", "pte-upgrade", "pte-look", "pte-populate"))
        .noneMatch(word -> word.startsWith("sec"));
    assertThat(run("after-ptl", "pte-clear", "pte-clear"))
        .filteredOn(word -> word.startsWith("sec")).hasSize(1);
  }

  /** Rule B: what a page pointed to before must be gone when it points elsewhere. */
  @Test
  void shouldFlushOnceWhenAnEntryIsClearedAndRepointed() {
    assertThat(run(
        "under-ptl", "pte-look", "page-alloc", "ptl-lock", "pte-clear", "pte-repoint",
        "ptl-unlock")).filteredOn(word -> word.startsWith("sec")).hasSize(1);
    assertThat(run(
        "under-ptl", "pte-look", "page-alloc", "ptl-lock", "pte-repoint", "ptl-unlock"))
        .filteredOn(word -> word.startsWith("sec")).hasSize(1);
  }

  @Test
  void shouldFreeOnlyWhatThePolicyFlushedWhenAGatherIsFull() {
    Trip trip = Trip.policy("under-ptl");
    List<String> words = trip.run(
        "gather-begin", "pte-clear", "gather-check", "commit", "B: sec-inv gathered",
        "page-free", "gather-end");

    assertThat(words).containsExactly(
        "GatherBegin", "CLEAR keep 10+4", "sec 10+4", "TableUnlock", "GatherCheck", "cpu 10+4",
        "Free", "GatherEnd");
  }

  @Test
  void shouldFlushUnderTheLockWhenADirtyPageOfAFileGoes() {
    for (Era era : List.of(Era.B, Era.C)) {
      Trip trip = Trip.era(era);
      List<String> words = trip.run(new PathJob(
          Trip.path("zap", "gather-begin", "pte-clear", "rmap-del", "gather-check", "commit",
              "B: sec-inv gathered", "page-free", "gather-end"),
          0, new PageRange(8, 8), PathJob.NOWHERE, 0, -1));

      assertThat(words.indexOf("cpu 10+4")).as("%s", era)
          .isLessThan(words.indexOf("TableUnlock"));
      assertThat(words.indexOf("sec 10+4")).isLessThan(words.indexOf("TableUnlock"));
      assertThat(words.indexOf("UnmapFrames") < words.indexOf("cpu 10+4"))
          .as("the reverse map of era %s", era).isEqualTo(era == Era.B);
      assertThat(words.indexOf("TableUnlock")).isLessThan(words.indexOf("Free"));
      assertThat(words).contains("DirtyFrames").filteredOn("cpu 10+4"::equals).hasSize(1);
      assertThat(trip.kernel.breaches()).isEmpty();
    }
  }

  @Test
  void shouldRefuseAPolicyThatTheEraLacks() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Placement(
            Era.C, Architecture.X86, ShippedPolicies.of("at-end")))
        .withMessageContaining("'at-end' has no place in era C");
  }

  @Test
  void shouldTakeTheStepsOfItsKernelOnly() {
    Path path = Trip.path("p", "A: spend 1ps", "AB: spend 2ps", "C/arm64: spend 3ps",
        "x86: spend 4ps", "h: spend 5ps", "-: spend 6ps", "spend 7ps");

    assertThat(words(path.in(Era.A))).containsExactly("1ps", "2ps", "4ps", "6ps", "7ps");
    assertThat(words(path.in(Era.C, Architecture.ARM64))).containsExactly("3ps", "6ps", "7ps");
    assertThat(words(path.in(Era.C, Architecture.X86, "h")))
        .containsExactly("4ps", "5ps", "7ps");
    assertThat(path.variants()).containsExactly("-", "h");
    assertThat(words(path.variant("h").in(Era.C))).containsExactly("4ps", "5ps", "7ps");
  }

  private static List<String> words(List<PathStep> steps) {
    return steps.stream().map(PathStep::argument).toList();
  }

  @Test
  void shouldSkipTheBracketWhenASubscriberWouldHaveToSleep() {
    Subscribers subscribers = new Subscribers(false, true);
    List<String> words = subscribers.run(
        "n-start UNMAP nonblock", "pte-clear", "n-end", "spend 9ps");

    assertThat(words).containsExactly(
        "NotifierStart", "SubscriberStart", "SubscriberStart", "SubscriberEnd", "NotifierEnd",
        "spend 9");
    assertThat(subscribers.kernel.walk(10).isPresent()).isTrue();
    assertThat(subscribers.kernel.facts(MachineFact.BracketClosed.class)).hasSize(1);
  }

  @Test
  void shouldCallSubscribersInOrderAndWaitForEach() {
    Subscribers subscribers = new Subscribers(false, true);
    List<String> words = subscribers.run("n-start UNMAP", "pte-clear", "n-end");

    assertThat(words).containsExactly(
        "NotifierStart", "SubscriberStart", "SubscriberStart", "CLEAR 10+4", "DirtyFrames",
        "SubscriberEnd", "SubscriberEnd", "NotifierEnd");
    assertThat(subscribers.asked).containsExactly(
        subscribers.kernel.map.subscriber(1), subscribers.kernel.map.subscriber(0),
        subscribers.kernel.map.subscriber(1), subscribers.kernel.map.subscriber(0));
  }

  /** Two subscribers, the second registered in the interval tree, so that it is called first. */
  private static final class Subscribers {
    final MiniKernel kernel;
    final List<Integer> asked = new ArrayList<>();

    Subscribers(boolean firstRefuses, boolean secondRefuses) {
      kernel = new MiniKernel(
          new KernelMap(
              1, 0, List.of(), List.of(List.of(1, 0)), false), null);
      kernel.spaces(List.of(), Trip.leaves());
      kernel.frames(1_000, List.of());
      subscriber(1, firstRefuses);
      subscriber(0, secondRefuses);
    }

    private void subscriber(int index, boolean refuses) {
      int number = kernel.map.subscriber(index);
      kernel.<FakeSubscriber.Command>add(
          number,
          ctx -> FakeSubscriber.create(refuses, () -> asked.add(number), ctx),
          FakeSubscriber.Arrived::new);
    }

    List<String> run(String... steps) {
      return under(Policy.ERA, steps);
    }

    List<String> under(Policy policy, String... steps) {
      Era era = policy.reasonAgainst(Era.B).isPresent() ? Era.A : Era.B;
      KernelSetup setup = new KernelSetup(
          kernel.map, Trip.COSTS, new Placement(era, Architecture.X86, policy),
          new TestRules(era), new TreeMap<>());
      return Trip.words(kernel.run(0, new PathProgram(Trip.job(steps), setup)).steps);
    }
  }

  @Test
  void shouldAskNobodyWhenNobodySubscribed() {
    Trip trip = Trip.era(Era.C);
    trip.run("n-start CLEAR nonblock", "n-end");

    assertThat(trip.kernel.ask(
        trip.kernel.map.addressSpace(0), new KernelCall.GatherCheck())).isNotNull();
    assertThat(trip.kernel.facts(MachineFact.SubscriberStarted.class)).isEmpty();
  }
}

package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LivenessJudgeTest {
  private static final PageRange RANGE = PageRange.of(5);

  /** The machine is found in the same state, whenever somebody looks. */
  private static final LassoCheck SAME = (fromPs, untilPs) -> Optional.empty();

  private final LivenessJudge judge = new LivenessJudge(Limits.DEFAULT);
  private final Scene scene = new Scene(judge);

  private Scene raises(long atPs, long request) {
    return scene.state(atPs, "dev0", new MachineFact.FaultRaised(request, Scene.MM, 5, true));
  }

  private Scene retries(long atPs, long request) {
    return scene.state(atPs, "dev0", new MachineFact.FaultRetried(request));
  }

  private Scene resolves(long atPs, long request, Resolution how) {
    return scene.state(atPs, "dev0", new MachineFact.FaultResolved(request, how));
  }

  /** A storm: asked, answered, refused, all with fresh numbers, a copy of a page on the way. */
  private void storm(long fromPs, int rounds) {
    for (int i = 0; i < rounds; i++) {
      long atPs = fromPs + i * 1_000L;
      scene.begins(atPs + 100, "cpu0", 50 + i, "fault", RANGE)
          .state(atPs + 150, "frames", new MachineFact.FramesAllocated(List.of(70L + i)))
          .ends(atPs + 500, "cpu0", 50 + i)
          .state(atPs + 600, "frames",
              new MachineFact.FramesFreed(50 + i, List.of(70L + i)));
      retries(atPs + 1_000, 0);
    }
  }

  private Standstill standstill() {
    assertThat(judge.findings(false, SAME)).hasSize(1);
    assertThat(judge.findings(false, SAME).get(0).verdict()).isSameAs(Verdict.NO_PROGRESS);
    return judge.findings(false, SAME).get(0).standstill().orElseThrow();
  }

  @Test
  void shouldStaySilentWhenFaultsAreServed() {
    raises(10, 0);
    retries(20, 0);
    resolves(30, 0, Resolution.SERVED);
    raises(40, 1);
    resolves(90, 1, Resolution.REFUSED);
    assertThat(judge.findings(true, SAME)).isEmpty();
    assertThat(judge.figures())
        .isEqualTo(new Liveness(2, 0, 0, new Liveness.Retries(1, 1), 50, List.of()));
  }

  @Test
  void shouldBeInconclusiveWhenAFaultIsOpenAtTheEnd() {
    raises(10, 0);
    assertThat(judge.findings(false, SAME)).singleElement().satisfies(
        finding -> assertThat(finding.verdict()).isSameAs(Verdict.INCONCLUSIVE));
  }

  @Test
  void shouldFindNoProgressWhenNothingIsLeftToHappen() {
    raises(10, 0);
    assertThat(judge.findings(true, SAME)).singleElement().satisfies(
        finding -> {
          assertThat(finding.verdict()).isSameAs(Verdict.NO_PROGRESS);
          assertThat(finding.summary()).contains("nothing is left").contains("request 0");
        });
  }

  @Test
  void shouldFindLassoWhenAllFactsRepeatWithFreshNumbers() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    assertThat(standstill().shown()).isSameAs(Standstill.Shown.LASSO);
    assertThat(standstill().periodPs()).isEqualTo(1_000);
    assertThat(standstill().times()).isBetween(3L, 8L);
    assertThat(standstill().summary())
        .isEqualTo("lasso: state and facts repeat with period 1.000 ns, " + standstill().times()
            + " times, request 0 of dev0 unserved");
  }

  /** Facts don't tell what a part counts for itself. */
  @Test
  void shouldBeInconclusiveWhenFactsRepeatAndTheMachineIsNotTheSame() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    List<Long> asked = new ArrayList<>();
    List<Finding> found = judge.findings(
        false,
        (fromPs, untilPs) -> {
          asked.addAll(List.of(fromPs, untilPs));
          return Optional.of("dev0.tries was 3, and is 4");
        });
    assertThat(found).singleElement().satisfies(
        finding -> {
          assertThat(finding.verdict()).isSameAs(Verdict.INCONCLUSIVE);
          assertThat(finding.summary()).startsWith("facts repeat with period 1.000 ns")
              .endsWith("request 0 unserved; but no lasso: dev0.tries was 3, and is 4");
        });
    assertThat(asked).as("the ends of the last cycle").containsExactly(7_100L, 8_100L);
  }

  /** What has stopped doesn't go round for ever. */
  @Test
  void shouldNotSpeakOfALassoWhenNothingIsLeftToHappen() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    assertThat(judge.findings(true, SAME)).singleElement().satisfies(
        finding -> assertThat(finding.summary()).startsWith("nothing is left to happen"));
  }

  @Test
  void shouldBeInconclusiveWhenNobodyLooksAtTheMachine() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    assertThat(judge.findings(false, LassoCheck.NOBODY)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
  }

  @Test
  void shouldKeepTheBudgetWhenTheMachineIsNotTheSame() {
    LivenessJudge strict = new LivenessJudge(new Limits(5, 1, 1));
    Scene steady = new Scene(strict);
    steady.state(1, "dev0", new MachineFact.FaultRaised(0, Scene.MM, 5, true));
    for (int i = 1; i <= 20; i++) {
      steady.state(i * 1_000, "dev0", new MachineFact.FaultRetried(0));
    }
    assertThat(strict.findings(true, LassoCheck.NOBODY)).singleElement().satisfies(
        finding -> assertThat(finding.summary()).startsWith("retry budget:"));
  }

  @Test
  void shouldNotSpeakOfALassoWhenFactsRepeatTwiceOnly() {
    raises(10, 0);
    retries(1_000, 0);
    retries(2_000, 0);
    retries(3_000, 0);
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
    retries(4_000, 0);
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .as("the first lap mentions the request for the first time, and counts as another")
        .containsExactly(Verdict.INCONCLUSIVE);
    retries(5_000, 0);
    assertThat(standstill().times()).isEqualTo(3);
  }

  /** Whatever else happens belongs to the machine's state as well. */
  @Test
  void shouldNotSpeakOfALassoWhenAnythingElseChanges() {
    raises(10, 0);
    retries(20, 0);
    for (int i = 0; i < 12; i++) {
      scene.fills(i * 1_000 + 200, "cpu3", i, 1_000, i * 1_000 + 150);
      retries(i * 1_000 + 1_000, 0);
    }
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
  }

  @Test
  void shouldNotSpeakOfALassoWhenTimesDiffer() {
    raises(10, 0);
    for (int i = 1; i < 12; i++) {
      retries(i * i * 1_000, 0);
    }
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
  }

  @Test
  void shouldFindLassoWhenACycleHasSeveralRetries() {
    raises(10, 0);
    long atPs = 1_000;
    for (int i = 0; i < 18; i++) {
      atPs += i % 3 == 0 ? 700 : 300;
      retries(atPs, 0);
    }
    assertThat(standstill().periodPs()).isEqualTo(1_300);
  }

  /** Bug 5c: the same old entry comes out of the IOTLB again and again. */
  @Test
  void shouldFindLassoWhenAnOldEntryIsCachedAgainAndAgain() {
    raises(10, 0);
    for (int i = 1; i < 10; i++) {
      scene.fills(i * 1_000 - 200, "dev0", 5, 7, 3);
      retries(i * 1_000, 0);
    }
    assertThat(standstill().periodPs()).isEqualTo(1_000);
  }

  /** What is asked before the lap and taken in it moves along with the laps. */
  @Test
  void shouldFindLassoWhenWaitsReachAcrossLaps() {
    raises(10, 0);
    for (int i = 1; i < 10; i++) {
      scene.state(i * 1_000 - 200, "mm0", new MachineFact.LockTaken(i, "mm0", i * 1_000 - 1_100))
          .state(i * 1_000 - 100, "mm0", new MachineFact.LockDropped(i, "mm0"));
      retries(i * 1_000, 0);
    }
    assertThat(standstill().periodPs()).isEqualTo(1_000);
  }

  @Test
  void shouldForgetTheLassoWhenTheFaultIsServedAfterAll() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    resolves(9_000, 0, Resolution.SERVED);
    assertThat(judge.findings(true, SAME)).isEmpty();
    assertThat(judge.figures().retries().max()).isEqualTo(9);
  }

  @Test
  void shouldKeepTheLassoWhenTheDeviceGivesUpInIt() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    resolves(8_100, 0, Resolution.FAILED);
    scene.fills(20_000, "cpu3", 9, 9, 19_000);
    assertThat(standstill().shown()).isSameAs(Standstill.Shown.REPEATED_UNTIL_GIVEN_UP);
    assertThat(standstill().summary()).endsWith("until request 0 of dev0 is given up");
  }

  @Test
  void shouldTellTheLassoOnlyWhenTheBudgetIsSpentAsWell() {
    LivenessJudge strict = new LivenessJudge(new Limits(5, 1, 1));
    Scene steady = new Scene(strict);
    steady.state(1, "dev0", new MachineFact.FaultRaised(0, Scene.MM, 5, true));
    for (int i = 1; i <= 20; i++) {
      steady.state(i * 1_000, "dev0", new MachineFact.FaultRetried(0));
    }
    assertThat(strict.findings(false, SAME)).singleElement().satisfies(
        finding -> assertThat(finding.summary()).startsWith("lasso:"));
  }

  @Test
  void shouldForgetTheLassoWhenTheRepetitionEndsBeforeTheRun() {
    raises(10, 0);
    retries(20, 0);
    storm(100, 8);
    scene.fills(20_000, "cpu3", 9, 9, 19_000);
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
  }

  /** One long invalidation is finite for all that is known: its end may be just ahead. */
  @Test
  void shouldNotSpeakOfALassoWhenOneInvalidationCoversItAllThatTime() {
    scene.state(5, "mm0",
        new MachineFact.BracketOpened(9, Scene.MM, RANGE, MachineFact.Event.UNMAP));
    raises(10, 0);
    for (int i = 1; i < 10; i++) {
      retries(i * 1_000, 0);
    }
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
    scene.state(9_000, "mm0", new MachineFact.BracketClosed(9, Scene.MM, RANGE));
    for (int i = 10; i < 20; i++) {
      retries(i * 1_000, 0);
    }
    assertThat(standstill().shown()).isSameAs(Standstill.Shown.LASSO);
  }

  @Test
  void shouldFindAnotherFaultsLassoWhenTheFirstOneKeepsStill() {
    raises(10, 0);
    retries(20, 0);
    raises(30, 1);
    for (int i = 1; i < 200; i++) {
      retries(i * 1_000, 1);
    }
    assertThat(judge.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactlyInAnyOrder(Verdict.NO_PROGRESS, Verdict.INCONCLUSIVE);
  }

  @Test
  void shouldFindNoProgressWhenTheBudgetOfRetriesIsSpent() {
    LivenessJudge strict = new LivenessJudge(new Limits(5, 1, 1));
    Scene jitter = new Scene(strict);
    jitter.state(1, "dev0", new MachineFact.FaultRaised(0, Scene.MM, 5, true));
    for (int i = 1; i <= 5; i++) {
      jitter.state(i * i * 1_000, "dev0", new MachineFact.FaultRetried(0));
    }
    assertThat(strict.findings(false, SAME)).extracting(Finding::verdict)
        .containsExactly(Verdict.INCONCLUSIVE);
    jitter.state(50_000, "dev0", new MachineFact.FaultRetried(0));
    assertThat(strict.findings(false, SAME)).singleElement().satisfies(
        finding -> {
          assertThat(finding.verdict()).isSameAs(Verdict.NO_PROGRESS);
          assertThat(finding.summary()).startsWith("retry budget: request 0 of dev0");
        });
  }

  @Test
  void shouldShowWhatHappenedLastWhenTheBudgetOfRetriesIsSpent() {
    LivenessJudge strict = new LivenessJudge(new Limits(5, 1, 1));
    Scene storm = new Scene(strict);
    storm.state(1, "mm0", new MachineFact.BracketOpened(
            1, Scene.MM, PageRange.of(90), MachineFact.Event.CLEAR))
        .state(2, "dev0", new MachineFact.FaultRaised(0, Scene.MM, 5, true));
    for (int i = 1; i <= 6; i++) {
      storm.state(i * i * 1_000, "dev0", new MachineFact.PageRequested(Scene.MM, 5, i, true))
          .state(i * i * 1_000 + 10, "dev0", new MachineFact.PageAnswered(i, 0))
          .state(i * i * 1_000 + 20, "dev0", new MachineFact.FaultRetried(0));
    }
    assertThat(strict.findings(false, SAME).get(0).witness("x").orElseThrow())
        .contains("N-START elsewhere, still open", "asks for the page", "is answered, code 0");
  }

  @Test
  void shouldListDevicesWhenTheyFail() {
    raises(10, 0);
    resolves(40, 0, Resolution.FAILED);
    scene.state(2_000, "dev0", new MachineFact.DeviceFailed("gave up"));
    assertThat(judge.figures().failed()).isEqualTo(1);
    assertThat(judge.figures().deviceFailures()).containsExactly("dev0 at 2.000 ns: gave up");
  }

  @Test
  void shouldFitAMailWhenALassoIsTold() {
    raises(10, 0);
    retries(20, 0);
    for (int i = 0; i < 6; i++) {
      long atPs = i * 10_000L;
      scene.state(atPs + 1_000, "dev0", new MachineFact.PageRequested(1, 5, i, true))
          .state(atPs + 2_000, "mm0",
              new MachineFact.BracketOpened(i, Scene.MM, RANGE, MachineFact.Event.UNMAP))
          .state(atPs + 3_000, "dev0", new MachineFact.PageAnswered(i, 0))
          .state(atPs + 3_500, "mm0", new MachineFact.BracketClosed(i, Scene.MM, RANGE));
      retries(atPs + 10_000, 0);
    }
    String witness = judge.findings(false, SAME).get(0).witness("./shootdown run x").orElseThrow();
    assertThat(witness.lines()).allMatch(line -> line.length() <= 80);
    assertThat(witness)
        .startsWith("no-progress: lasso: state and facts repeat with period 10.000 ns")
        .contains("mm0", "N-START", "asks for the page", "tries again, in vain")
        .endsWith("again:\n./shootdown run x\n");
  }
}

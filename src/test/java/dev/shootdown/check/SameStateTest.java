package dev.shootdown.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.shootdown.engine.Stance;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SameStateTest {
  private static final long EARLIER_PS = 1_000_000;
  private static final long PERIOD_PS = 500;
  private static final List<Long> DICE = List.of(1L, 2L, 3L, 4L);

  /** A part with a table, a time, and a list of what it does. */
  private static final class Part {
    private final TreeMap<Long, String> table = new TreeMap<>();
    private final List<Object> work = new ArrayList<>();
    private Part friend;
    private int tries;
    private long dueAtPs;

    private Part with(Object something) {
      work.add(something);
      return this;
    }
  }

  private record Due(long atPs) {}

  private record Named(long operation) {}

  private static Stance stance(long atPs, Object behavior, Stance.Pending... pending) {
    return new Stance(
        atPs, List.of(new Stance.Part("dev0", behavior, DICE, atPs)), List.of(),
        List.of(pending));
  }

  private static String objection(Object earlier, Object later) {
    return LassoCheck.objection(
            stance(EARLIER_PS, earlier), stance(EARLIER_PS + PERIOD_PS, later))
        .orElse("none");
  }

  private static String pending(Stance.Pending earlier, Stance.Pending later) {
    return LassoCheck.objection(
            stance(EARLIER_PS, "x", earlier), stance(EARLIER_PS + PERIOD_PS, "x", later))
        .orElse("none");
  }

  private static Part part(int tries, long dueAtPs) {
    Part part = new Part();
    part.table.put(7L, "seven");
    part.tries = tries;
    part.dueAtPs = dueAtPs;
    return part;
  }

  @Test
  void shouldBeTheSameWhenOnlyTimeWentBy() {
    assertThat(objection(part(3, EARLIER_PS + 40), part(3, EARLIER_PS + PERIOD_PS + 40)))
        .isEqualTo("none");
  }

  /** What it counts decides some day, for all we know: a device that gives up at a thousand. */
  @Test
  void shouldDifferWhenACounterGrows() {
    assertThat(objection(part(3, 0), part(4, 0))).isEqualTo("dev0.tries was 3, and is 4");
  }

  @Test
  void shouldDifferWhenATimeAheadComesNearer() {
    assertThat(objection(part(3, EARLIER_PS * 2), part(3, EARLIER_PS * 2)))
        .isEqualTo("dev0.dueAtPs stays at 2000.000 ns, which comes nearer");
  }

  @Test
  void shouldDifferWhenATimeInThePastGetsOlder() {
    assertThat(objection(part(3, 4_000), part(3, 4_000))).contains("gets older");
  }

  @Test
  void shouldDifferWhenATimeMovesByAnotherStretch() {
    assertThat(objection(part(3, EARLIER_PS), part(3, EARLIER_PS + PERIOD_PS - 1)))
        .contains("dev0.dueAtPs was");
  }

  @Test
  void shouldDifferWhenContentDiffers() {
    Part later = part(3, 0);
    later.table.put(7L, "eight");
    assertThat(objection(part(3, 0), later)).isEqualTo("dev0.table.0 differs");
    later.table.put(8L, "eight");
    assertThat(objection(part(3, 0), later)).contains("dev0.table has 1 elements, and then 2");
  }

  @Test
  void shouldDifferWhenClassesDiffer() {
    assertThat(objection(part(3, 0).with(new Named(1)), part(3, 0).with(new Due(1))))
        .isEqualTo("dev0.work.0 differs");
  }

  @Test
  void shouldDifferWhenTwoAreOneLater() {
    Part two = part(3, 0);
    two.friend = part(3, 0);
    Part one = part(3, 0);
    one.friend = one;
    assertThat(objection(two, one)).isEqualTo("dev0.friend differs");
  }

  @Test
  void shouldBeTheSameWhenPartsReferToThemselves() {
    Part earlier = part(3, 0);
    earlier.friend = earlier;
    Part later = part(3, 0);
    later.friend = later;
    assertThat(objection(earlier, later)).isEqualTo("none");
  }

  @Test
  void shouldDifferWhenATimeAheadIsPartOfTheSettings() {
    Due settings = new Due(EARLIER_PS * 3);
    assertThat(objection(part(3, 0).with(settings), part(3, 0).with(settings)))
        .contains("dev0.work.0.atPs stays", "comes nearer");
    Due past = new Due(5);
    assertThat(objection(part(3, 0).with(past), part(3, 0).with(past))).isEqualTo("none");
  }

  @Test
  void shouldDifferWhenDiceWereDrawn() {
    Stance earlier = stance(EARLIER_PS, "x");
    Stance later = new Stance(
        EARLIER_PS + PERIOD_PS,
        List.of(new Stance.Part("dev0", "x", List.of(1L, 2L, 3L, 5L), 0)), List.of(),
        List.of());
    assertThat(LassoCheck.objection(earlier, later)).contains("dev0 drew dice in between");
  }

  @Test
  void shouldDifferWhenWhatIsOnItsWayDiffers() {
    Stance.Pending before = new Stance.Pending(EARLIER_PS + 10, "dev0", "cpu0", "ring");
    long afterPs = EARLIER_PS + PERIOD_PS + 10;
    assertThat(pending(before, new Stance.Pending(afterPs, "dev0", "cpu0", "ring")))
        .isEqualTo("none");
    assertThat(pending(before, new Stance.Pending(afterPs, "dev0", "cpu0", "stop")))
        .isEqualTo("dev0.(on its way) differs");
    assertThat(pending(before, new Stance.Pending(afterPs, "dev0", "cpu1", "ring")))
        .isEqualTo("what is on its way to dev0 differs");
    assertThat(pending(before, new Stance.Pending(afterPs + 1, "dev0", "cpu0", "ring")))
        .isEqualTo("what is on its way to dev0 differs");
    assertThat(pending(before, before)).contains("comes nearer");
    assertThat(LassoCheck.objection(
        stance(EARLIER_PS, "x", before), stance(EARLIER_PS + PERIOD_PS, "x")))
        .contains("1 messages are on their way, and then 0");
  }

  @Test
  void shouldDifferWhenAPartThatCannotBeLookedAtHadAnEvent() {
    Object closed = new StringJoiner(",");
    Object other = new StringJoiner(",");
    assertThat(objection(closed, other)).contains("can't be looked into");
    Stance idle = new Stance(
        EARLIER_PS + PERIOD_PS, List.of(new Stance.Part("dev0", other, DICE, EARLIER_PS)),
        List.of(), List.of());
    assertThat(LassoCheck.objection(stance(EARLIER_PS, closed), idle)).isEmpty();
  }

  @Test
  void shouldCorrespondWhenNamesAreOneToOneAndInOrder() {
    GrowingNumbers.Names names = new GrowingNumbers.Names();
    assertThat(names.correspond("ticket", "cpu0", 5, 9)).isTrue();
    assertThat(names.correspond("ticket", "cpu0", 5, 9)).isTrue();
    assertThat(names.correspond("ticket", "cpu0", 6, 10)).isTrue();
    assertThat(names.correspond("walk", "cpu0", 5, 7)).isTrue();
    assertThat(names.correspond("ticket", "cpu1", 4, 12)).as("each has its order").isTrue();
    assertThat(names.correspond("ticket", "cpu2", 5, 8)).as("another").isFalse();
    assertThat(names.correspond("ticket", "cpu2", 7, 10)).as("two have one name").isFalse();
    assertThat(names.correspond("ticket", "cpu0", 3, 20)).as("out of order").isFalse();
  }

  /** A field that was renamed would decide again, and nobody would know why. */
  @Test
  void shouldExistWhenAFieldIsNamed() {
    JavaClasses ours = new ClassFileImporter().importPackages("dev.shootdown");
    List<String> missing = new ArrayList<>(GrowingNumbers.known().keySet());
    for (JavaClass one : ours) {
      String name = one.getName().substring(one.getName().lastIndexOf('.') + 1);
      one.getFields().forEach(field -> missing.remove(name + "." + field.getName()));
    }
    assertThat(missing).isEmpty();
  }
}

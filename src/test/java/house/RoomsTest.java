package house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.shootdown.engine.Simulation;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private static final Pattern IMPORT =
      Pattern.compile("\\bimport\\s+(?:static\\s+)?(dev\\.shootdown(?:\\.[a-z_0-9]+)*)\\b");
  private static final Pattern FIRST_JAVADOC =
      Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);

  private static final Rooms ROOMS = Rooms.read();

  /** What is shipped, and not the tests, however they are started. */
  private static JavaClasses shipped() {
    return new ClassFileImporter()
        .importUrl(Simulation.class.getProtectionDomain().getCodeSource().getLocation());
  }

  @Test
  void shouldHaveARowWhenARoomHasCode() {
    TreeSet<String> homeless = new TreeSet<>();
    for (JavaText file : JavaText.below(JavaText.MAIN)) {
      if (ROOMS.find(file.room()) == null) {
        homeless.add(file.room());
      }
    }

    assertThat(homeless).as("packages without a row in %s", Rooms.PAGE).isEmpty();
  }

  @Test
  void shouldNameOnlyKnownRoomsWhenARowSaysWhatMayBeImported() {
    for (Room room : ROOMS.all()) {
      assertThat(room.mayImport())
          .as("row %s", room.name())
          .allMatch(other -> ROOMS.all().stream().anyMatch(r -> covers(other, r.name())));
    }
  }

  private static boolean covers(String group, String room) {
    return room.equals(group) || room.startsWith(group + ".");
  }

  @Test
  void shouldNotLookUpwardsWhenARowSaysWhatMayBeImported() {
    for (Room room : ROOMS.all()) {
      for (Room other : ROOMS.all()) {
        if (!room.importsAll() && room.may(other.name())) {
          assertThat(other.level())
              .as("%s may import %s, which lies higher", room.name(), other.name())
              .isLessThanOrEqualTo(room.level());
        }
      }
    }
  }

  @Test
  void shouldImportOnlyWhatItsRowNamesWhenCompiled() {
    TreeSet<String> broken = new TreeSet<>();
    for (JavaClass from : shipped()) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String to = dependency.getTargetClass().getPackageName();
        if (Rooms.isOurs(to) && !may(from.getPackageName(), to)) {
          broken.add(from.getName() + " uses " + dependency.getTargetClass().getName());
        }
      }
    }

    assertThat(broken).as("against the table in %s", Rooms.PAGE).isEmpty();
  }

  /** An import for a constant or a Javadoc link leaves no trace in a class file. */
  @Test
  void shouldImportOnlyWhatItsRowNamesWhenRead() {
    List<String> broken = new ArrayList<>();
    for (JavaText file : JavaText.below(JavaText.MAIN)) {
      Matcher line = IMPORT.matcher(file.code());
      while (line.find()) {
        if (!may(Rooms.BASE + "." + file.room(), line.group(1))) {
          broken.add(file.path() + " imports " + line.group(1));
        }
      }
    }

    assertThat(broken).as("against the table in %s", Rooms.PAGE).isEmpty();
  }

  private static boolean may(String fromPackage, String toPackage) {
    Room from = ROOMS.find(Rooms.nameOf(fromPackage));
    return fromPackage.equals(toPackage) || from != null && from.may(Rooms.nameOf(toPackage));
  }

  @Test
  void shouldHaveNoCyclesBetweenRooms() {
    JavaClasses classes = shipped();

    assertThat(classes).hasSizeGreaterThan(30);
    SlicesRuleDefinition.slices()
        .matching(Rooms.BASE + ".(**)")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void shouldKnowPekkoOnlyWhereActorsLive() {
    TreeSet<String> broken = new TreeSet<>();
    for (JavaClass from : shipped()) {
      if (ROOMS.mayImportPekko(Rooms.nameOf(from.getPackageName()))) {
        continue;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        if (dependency.getTargetClass().getPackageName().startsWith("org.apache.pekko")) {
          broken.add(from.getName() + " uses " + dependency.getTargetClass().getName());
        }
      }
    }

    assertThat(broken).as("Pekko outside the rooms that %s names", Rooms.PAGE).isEmpty();
    assertThat(ROOMS.mayImportPekko("engine")).isTrue();
    assertThat(ROOMS.mayImportPekko("check")).isFalse();
  }

  @Test
  void shouldBeginWithTheCaptionOfItsRowWhenAPackageIntroducesItself() {
    List<String> broken = new ArrayList<>();
    TreeSet<String> rooms = new TreeSet<>();
    JavaText.below(JavaText.MAIN).forEach(file -> rooms.add(file.room()));
    for (String name : rooms) {
      var path = JavaText.MAIN.resolve("dev/shootdown/" + name.replace('.', '/'))
          .resolve("package-info.java");
      String caption = ROOMS.find(name) == null ? "a row" : ROOMS.find(name).caption();
      String opening = Files.exists(path) ? opening(JavaText.read(path).text()) : "nothing";
      if (!opening.equals(caption)) {
        broken.add(name + " says '" + opening + "' where the table says '" + caption + "'");
      }
    }

    assertThat(broken).isEmpty();
  }

  /** The first paragraph of the first Javadoc comment, as plain text. */
  private static String opening(String text) {
    Matcher comment = FIRST_JAVADOC.matcher(text);
    if (!comment.find()) {
      return "nothing";
    }
    String body = comment.group(1).replaceAll("(?m)^\\s*\\* ?", "");
    return body.split("<p>")[0]
        .replaceAll("\\{@code ([^}]*)}", "$1")
        .replaceAll("\\s+", " ")
        .strip();
  }

  @Test
  void shouldRefuseAPageWhenItsTableOrSentenceIsMissing() {
    String table = "| level | package | caption | may import |\n|---|---|---|---|\n";
    String row = "| 1 | `a.b` | What it is. | c, d |\n";
    String sentence = "\nOnly `a`, `c` may import Pekko.\n";

    Rooms rooms = Rooms.parse(table + row + sentence);
    assertThat(rooms.find("a.b").may("d.e")).isTrue();
    assertThat(rooms.find("a.b").may("e")).isFalse();
    assertThat(rooms.find("a.b").may("a.c")).isFalse();
    assertThat(rooms.mayImportPekko("a.b")).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> Rooms.parse(row + sentence));
    assertThatIllegalStateException().isThrownBy(() -> Rooms.parse(table + row));
    assertThatIllegalStateException().isThrownBy(() -> Rooms.parse(table + row + row + sentence));
  }
}

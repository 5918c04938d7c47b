package house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BansTest {
  private static JavaText file(String room, String text) {
    Path folder = JavaText.MAIN.resolve(Path.of("dev", "shootdown"));
    return new JavaText(folder.resolve(room.replace('.', '/')).resolve("Some.java"), text);
  }

  private static List<String> broken(JavaText file) {
    return Ban.ALL.stream().flatMap(ban -> ban.brokenIn(file).stream()).toList();
  }

  @Test
  void shouldFindNothingBannedWhenTheWholeSourceIsRead() {
    List<JavaText> files = JavaText.below(JavaText.MAIN);

    assertThat(files).hasSizeGreaterThan(50);
    assertThat(files.stream().flatMap(file -> broken(file).stream()).toList()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "bench | long t = System.nanoTime();",
        "cli | long t = System.currentTimeMillis();",
        "scenario | var r = new Random(1);",
        "engine | double d = Math.random();",
        "report | ThreadLocalRandom.current();",
        "engine | Thread.sleep(1);",
        "report | System.out.println(1);",
        "engine | System.err.print(1);",
        "hardware.cpu | Map<A, B> m = new HashMap<>();",
        "kernel.mm | Map<A, B> m = new IdentityHashMap<>();",
        "check | Set<A> s = new java.util.HashSet<>();",
        "protocol | var m = Map.of(1, 2);",
        "protocol | var m = Map.copyOf(other);",
        "trace | var s = Set.of(1);",
        "trace | var s = Set.copyOf(list);",
        "kernel.notifier | stream.collect(Collectors.toSet());",
        "kernel.arch | stream.collect(groupingBy(A::b));",
        "interconnect | double d = Math.log(x);",
        "interconnect | double d = Math.pow(x, 2);",
        "interconnect | random.nextGaussian();",
        "hardware.ats | scheduler.scheduleOnce(d, r);",
        "hardware.ats | timers.startTimerWithFixedDelay(m, d);",
        "hardware.iommu | getContext().pipeToSelf(f, g);",
        "hardware.iommu | import static org.apache.pekko.actor.typed.javadsl.AskPattern.ask;",
        "hardware.iommu | context.ask(ref, f, t, s);",
        "translation | Receptionist.register(k, r);",
        "hardware.memory | getContext().spawn(b, name);"
      })
  void shouldFindWhatIsBannedWhenItIsPlanted(String room, String code) {
    List<String> found = broken(file(room, "class Some {\n  void f() {\n    " + code + "\n  }\n}"));

    assertThat(found).isNotEmpty();
    assertThat(found.get(0)).contains("Some.java:3").contains(room).contains("use ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "cli | long t = System.nanoTime();",
        "cli | System.out.println(1);",
        "report | Map<A, B> m = new HashMap<>();",
        "hardware.cpu | Map<A, B> m = new LinkedHashMap<>();",
        "hardware.cpu | List<A> l = List.of(a); EnumSet.of(A.B);",
        "interconnect | double d = StrictMath.log(x);",
        "kernel.mm | task(1); ask(2); // never System.nanoTime()",
        "kernel.mm | /* new Random( */ say(\"Thread.sleep\");"
      })
  void shouldFindNothingWhenItIsAllowedThere(String room, String code) {
    assertThat(broken(file(room, code))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a // b\" c", "'\"' c // d", "/* a \" b */ c", "\"\"\"\n  x \" // y\"\"\" c"
      })
  void shouldKeepOnlyCodeWhenLiteralsAndCommentsMix(String text) {
    String code = file("engine", text).code();

    assertThat(code.strip()).isEqualTo("c");
    assertThat(code).hasSameSizeAs(text);
  }
}

package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user gets wrong comes back as one line: where it is, what it is, what would be right. */
class BadScenarioTest {
  private static final int LINES = (int) Scene.BASE.lines().count();

  @TempDir Path folder;

  private static Arguments bad(String line, String... said) {
    return Arguments.of(line, List.of(said));
  }

  private static String work(String line) {
    return "workload = [ { cpu = cpu0, process = app, do = [\"" + line + "\"] } ]";
  }

  private static String path(String steps) {
    return "paths.munmap.steps = [" + steps + "]";
  }

  private static String part(String part) {
    return "machine.parts = ${machine.parts} [ { " + part + " } ]";
  }

  private static String wire(String wire) {
    return "machine.wires = [ { " + wire + " } ]";
  }

  private static String trouble(String trouble) {
    return "trouble = [ { " + trouble + " } ]";
  }

  static List<Arguments> inSettings() {
    return List.of(
        bad("run.sed = 2", "run.sed", "unknown key", "did you mean 'seed'?"),
        bad("wires.ipi.latency.minn = 2ns", "wires.ipi.latency.minn", "did you mean 'min'?"),
        bad("tune.nic0.atc-entires = 4", "unknown key", "did you mean 'atc-entries'?"),
        bad("run.until = 5", "run.until", "5 has no unit; write 5ns"),
        bad("kernel.costs.pte = 3.5 hours", "'hours' is not a unit of time"),
        bad("wires.pcie.overhead = -4B", "wires.pcie.overhead", "must not be negative"),
        bad("tune.cpu0.l1-ways = 5", "64 entries do not divide into sets of 5 ways"),
        bad("tune.nic0.invalidate-queue-depth = 33", ".invalidate-queue-depth",
            "must be between 1 and 32, not 33", "an ITag has 5 bits"),
        bad("tune.nic0.invalidate-queue-depth = 0", ".invalidate-queue-depth",
            "must be between 1 and 32, not 0"),
        bad("tune.iommu0.queue-depth = 0", ".queue-depth", "must be between 2 and",
            "not 0", "one descriptor and its wait"),
        bad("kernel.era = D", "kernel.era", "'D' is not modelled; write A"),
        bad("kernel.policy = at-end", "kernel.policy", "has no place in era C"),
        bad("kernel.policy = at-ende", "must be one of era, under-ptl", "did you mean 'at-end'?"),
        bad("policies.mine { flush = [ { at = at-end } ] }, kernel.policy = mine",
            "'mine' has no place in era C", "6bbd42e2df8f"),
        bad("policies.mine { eras = A, flush = [ { at = under-ptl } ] }", "policies.mine.eras",
            "era A can't have it", "4645b9fe84bf"),
        bad("policies.mine { flsh = [ { at = under-ptl } ] }", "policies.mine.flsh", "flush"),
        bad("kernel.drivers.amd-iommu = amd-v2-counted", "kernel.drivers.amd-iommu",
            "'amd-v2-counted' ended with Linux 3.18", "write kernel.era = A"),
        bad("kernel.drivers.amd-iommu = amd-v2-unlocked", "kernel.drivers.amd-iommu",
            "'amd-v2-unlocked' ended with Linux 3.18", "write kernel.era = A"),
        bad("run.tie-order = random", "run.tie-order", "write stable or \"seed 7\""),
        bad("run.tie-order = \"seed x\"", "'seed x' is no tie order"),
        bad("expect = fine", "expect", "'fine' is no verdict", "stale-use"),
        bad("expect = {}", "expect", "must be a text, not an object"),
        bad("kernel.era = [B]", "kernel.era", "must be a text, not a list"),
        bad("title = \"two\\nlines\"", "title", "must be one line"),
        bad("title = \"\\u001b[31mred\"", "title", "the control character U+001B"),
        bad("\"\" = 5", "\"\"", "unknown key"),
        bad("parts.cpu.walk = -1ns", "machine.parts[0].walk", "must not be negative",
            "(the same for 3 others)"),
        bad("parts.cpuu.walk = 1ns", "parts.cpuu: is no type of parts", "did you mean 'cpu'?"),
        bad("parts.smmu.walkrs = 1", "parts.smmu.walkrs", "unknown key", "did you mean 'walkers'?"),
        bad("parts.host.slise = 1ms", "parts.host.slise", "did you mean 'slice'?"),
        bad("variants { \"a/b\" {} }", "variants.\"a/b\"", "is no name of a variant"),
        bad("variants { \"\" {} }", "variants.\"\"", "is no name of a variant"),
        bad("variants { a { variants { b {} } } }", "variants.a.variants", "none of its own"));
  }

  static List<Arguments> inParts() {
    return List.of(
        bad(part("name = x0, type = iomu"), "'iomu' is no part", "did you mean 'iommu'?"),
        bad(part("name = cpu1, type = cpu"), "two parts are named 'cpu1'"),
        bad(part("name = n1, type = ats-device, iommu = iommu1"),
            "there is no iommu 'iommu1' before this part", "did you mean 'iommu0'?"),
        bad("machine.memory-policy = preferred", "memory-policy", "'preferred'"),
        bad(part("name = Cpu9, type = cpu"), "'Cpu9' is no name"),
        bad(part("type = cpu"), "machine.parts[5].name: missing; expected a text"),
        bad("machine.parts = [ { name = cpu0, type = cpu }, { name = nic0, type = ats-device,"
            + " iommu = iommu0 }, { name = memory0, type = memory } ]",
            "machine.parts[1].iommu: there is no iommu 'iommu0' before this part"),
        bad("tune.nic1.atc-ways = 4", "tune.nic1", "no part 'nic1'", "did you mean 'nic0'?"),
        bad(wire("from = iommu0, to = nic7, kind = pcie"), "the wire leads to nowhere",
            "there is no part 'nic7'", "did you mean 'nic0'?"),
        bad(wire("from = iommu0, to = nic0, kind = usb"), "'usb' is no kind of wire", "pcie"),
        bad(wire("from = cpu0, to = nic0, kind = pcie"),
            "no wire leads from 'cpu0' to 'nic0'"),
        bad(trouble("wire = \"memory0 -> cpu0\", message = Transferred, delay = 1us"),
            "no wire leads from 'memory0' to 'cpu0'"),
        bad(trouble("wire = \"iommu0 -> nic9\", message = TranslationCompletion, delay = 1us"),
            "the wire leads to nowhere: there is no part 'nic9'", "did you mean 'nic0'?"),
        bad(trouble("wire = \"iommu0, nic0\", message = TranslationCompletion, delay = 1us"),
            "name two parts", "nic0"),
        bad(trouble("part = nic9, action = stall, from = 1us, until = 2us"),
            "trouble[0].part: there is no part 'nic9'", "did you mean 'nic0'?"),
        bad(trouble("wire = \"iommu0 -> nic0\", message = TranslationComplete, delay = 1us"),
            "'TranslationComplete' is not a message of any protocol",
            "did you mean 'TranslationCompletion'?"),
        bad(trouble(
            "wire = \"iommu0 -> nic0\", message = InvalidateRequest, delay = 1us, nth = 0"),
            "counted from 1"));
  }

  static List<Arguments> inWork() {
    return List.of(
        bad(work("munmapp a"), "neither an action nor a path", "did you mean 'munmap'?"),
        bad(work("munmap b"), "process 'app' has no area 'b'"),
        bad(work("munmap a 2 3"), "pages 2 to 5 are not inside 'a', which has 4"),
        bad(work("touch a"), "write 'touch AREA read'"),
        bad(work("touch a reed"), "write 'touch AREA read'"),
        bad(work("spin 5"), "5 has no unit; write 5ns"),
        bad(work("repeat 0 munmap a"), "write a count and what to repeat"),
        bad(work("mremap a"), "'mremap' needs 'to AREA'"),
        bad(work("mremap a to nowhere"), "has no area 'nowhere'"),
        bad(work("munmap a to free"), "'to' has no meaning"),
        bad(work("truncate a"), "needs an area with a file; 'a' has none"),
        bad("workload = [ { cpu = cpu9, process = app, do = [] } ]", "there is no cpu 'cpu9'"),
        bad("workload = [ { cpu = cpu0, process = ap, do = [] } ]",
            "there is no process 'ap'"),
        bad("dma = [ { device = nic5, process = app, area = a, access = read, at = 1us } ]",
            "there is no device 'nic5'"),
        bad("dma = [ { device = nic0, process = ap, area = a, access = read, at = 1us } ]",
            "there is no process 'ap'"),
        bad("dma = [ { device = nic0, process = app, area = b, access = read, at = 1us } ]",
            "has no area 'b'"),
        bad("dma = [ { device = nic0, process = app, area = a, access = read, at = 1us,"
            + " size = 4097B } ]", "1 to 4096 bytes"),
        bad("dma = [ { device = nic0, process = app, area = a, access = read, at = 1us,"
            + " until = 500ns } ]", "must come after 'at'"),
        bad("paths.bind { title = x, site = none, steps = [pasid-bind] }, " + work("bind a"),
            "'bind' needs a process that is given a PASID; 'app' has no 'pasid'"),
        bad(work("exit a"), "'exit' takes a whole address space",
            "name all areas of the process"),
        bad(work("huge-copy a"), "'huge-copy' has no steps in era C on x86"),
        bad("kernel.era = A, " + work("uffd-wp a"), "'uffd-wp' has no steps in era A on x86"),
        bad("kernel.era = A, " + work("migrate+b a"),
            "'migrate+b' has no steps in era A on x86"),
        bad("processes = [ { name = app, devices = [nic0, nic0] } ]", "'nic0' is named twice"),
        bad("processes = [ { name = app, pasid = p } ]", "needs no PASID; name its devices"),
        bad("kernel { era = A, drivers.amd-iommu = amd-v2-counted },"
            + " machine.parts = [ { name = cpu0, type = cpu }, { name = i, type = amd-iommu },"
            + " { name = d, type = ats-device, iommu = i }, { name = m, type = memory } ],"
            + " processes = [ { name = app, pasid = p, devices = [d] } ]",
            "before Linux 3.19 is not modelled with PASIDs that are given out"),
        bad("dma = [ { device = nic0, process = app, area = a, access = erase, at = 1us } ]",
            "must be one of read, write, not 'erase'"));
  }

  static List<Arguments> inPaths() {
    return List.of(
        bad(path("\"pte-clean\""), "'pte-clean' is no primitive", "pte-clear"),
        bad(path("\"mmap-w-unlock\""), "'mmap-w-unlock' comes without 'mmap-w-lock' before it"),
        bad(path("\"mmap-w-lock\""), "'mmap-w-lock' is never followed by 'mmap-w-unlock'"),
        bad(path("\"n-start\", \"n-start\", \"n-end\""), "'n-start' is never followed by"),
        bad(path("\"pte-clear\", \"ptl-unlock\""),
            "'ptl-unlock' comes without a step that keeps the lock before it"),
        bad(path("\"pte-clear keep-lock\""), "'ptl-unlock' never follows"),
        bad(path("\"B: gather-begin\", \"gather-end\""), "without 'gather-begin'", "era A"),
        bad(path("\"D: commit\""), "'D' is no era"),
        bad(path("\"B:\""), "a step is missing after the era"),
        bad(path("\"commit now\""), "'commit' takes no argument, not 'now'"),
        bad(path("\"sec-inv\""), "'sec-inv' takes one of [range, gathered, changed"),
        bad(path("\"spend long time\""), "too many words after 'spend'"));
  }

  @ParameterizedTest
  @MethodSource({"inSettings", "inParts", "inWork", "inPaths"})
  void shouldSayWhereAndWhatWhenOneThingIsWrong(String line, List<String> said) {
    // The profile's list can't be appended to from outside, so parts are written out again.
    String text = Scene.BASE + line.replace("${machine.parts}", PARTS) + "\n";
    List<Problem> problems = Scene.problems(folder, text);

    assertThat(problems).extracting(Problem::line).hasSize(1);
    assertThat(problems.get(0).line()).contains(said)
        .startsWith("bad.conf:" + (LINES + 1) + ": ");
  }

  @Test
  void shouldRefuseAPathWhenItHasNoSteps() {
    String path = "paths.p { title = t, site = C2, steps = [] }\n";

    assertThat(Scene.problems(folder, Scene.BASE + path)).extracting(Problem::line)
        .singleElement().asString()
        .startsWith("bad.conf:" + (LINES + 1) + ": paths.p.steps: a path without a step");
  }

  /** Not where the list begins, and not what follows from a step that can't be read. */
  @Test
  void shouldSayAtWhichStepWhenAPathIsWrong() {
    String path = "paths.p { title = t, site = C2, steps = [\n  \"mmap-r-lock\", \"pte-clear\"\n"
        + "  \"n-start\"\n  %s\n  \"mmap-r-unlock\"\n] }\n";
    List<Problem> unclosed =
        Scene.problems(folder, Scene.BASE + path.formatted("\"spend 1us\""));
    List<Problem> twice =
        Scene.problems(folder, Scene.BASE + path.formatted("\"n-end\", \"B: n-end\""));
    List<Problem> unread =
        Scene.problems(folder, Scene.BASE + path.formatted("\"n-ennd\""));

    assertThat(unclosed).extracting(Problem::line).singleElement().asString()
        .startsWith("bad.conf:" + (LINES + 3) + ": paths.p.steps[2]: 'n-start' is never");
    assertThat(twice).extracting(Problem::line).singleElement().asString()
        .startsWith("bad.conf:" + (LINES + 4) + ": paths.p.steps[4]: 'n-end' comes without")
        .endsWith("(era B, x86)");
    assertThat(unread).extracting(Problem::line).singleElement().asString()
        .startsWith("bad.conf:" + (LINES + 4) + ": paths.p.steps[3]: 'n-ennd' is no primitive");
  }

  private static final String PARTS = """
      [ { name = cpu0, type = cpu }, { name = cpu1, type = cpu }, \
      { name = iommu0, type = iommu }, { name = nic0, type = ats-device, iommu = iommu0 }, \
      { name = memory0, type = memory } ]""";

  @Test
  void shouldHaveNothingToSayWhenNothingIsWrong() {
    assertThat(Scene.problems(folder, Scene.BASE)).isEmpty();
  }

  @Test
  void shouldSayAllAtOnceWhenThreeThingsAreWrong() {
    List<Problem> problems = Scene.problems(
        folder, Scene.BASE + "run.sed = 2\n" + work("munmap b") + "\nkernel.era = D\n");

    assertThat(problems).extracting(Problem::origin).containsExactly(
        "bad.conf:" + (LINES + 1), "bad.conf:" + (LINES + 2), "bad.conf:" + (LINES + 3));
  }

  private List<String> withAreas(String areas) {
    return Scene.problems(folder, """
        include classpath("profiles/two-socket-ats.conf")
        processes = [ { name = app, devices = [nic0], areas = [
          { name = a, at = "0x7f0000000000", pages = 4 }
          %s
        ] } ]
        """.formatted(areas)).stream().map(Problem::line).toList();
  }

  @Test
  void shouldRefuseAnAreaWhenItCannotBe() {
    assertThat(withAreas("{ name = b, at = \"0x7f0000003000\", pages = 4 }")).hasSize(1)
        .first().asString().startsWith("bad.conf:4: ").contains("the area overlaps 'a'");
    assertThat(withAreas("{ name = a, at = \"0x1000\", pages = 4 }")).hasSize(1)
        .first().asString().startsWith("bad.conf:4: ").contains("two areas are named 'a'");
    assertThat(withAreas("{ name = b, at = \"0x1001\", pages = 4 }")).hasSize(1)
        .first().asString().startsWith("bad.conf:4: ").contains("ends in 000");
    assertThat(withAreas("{ name = b, at = \"0x1000\", pages = -4 }")).hasSize(1)
        .first().asString().startsWith("bad.conf:4: ").contains("pages", "between 1 and");
    assertThat(withAreas("{ name = b, at = \"0x1000\", pages = 1, file = x }")).hasSize(1)
        .first().asString().startsWith("bad.conf:4: ").contains("there is no file 'x'");
    assertThat(withAreas("{ name = b, at = \"0x1000\", pages = 1, reserved = true,"
        + " mapped = true }")).hasSize(1)
        .first().asString().startsWith("bad.conf:4: ").contains("has no pages");
  }

  @Test
  void shouldSayItWhenThereIsNoProcessAtAll() {
    String text = "include classpath(\"profiles/two-socket-ats.conf\")\n"
        + work("touch a write") + "\n"
        + "dma = [ { device = nic0, process = app, area = a, access = read, at = 1us } ]\n";

    assertThat(Scene.problems(folder, text)).extracting(Problem::message)
        .contains("a scenario needs at least one process", "there is no process 'app'");
  }

  @Test
  void shouldSayItWhenVariantsAreNoObjects() {
    assertThat(Scene.problems(folder, Scene.BASE + "variants { broken = 5 }\n"))
        .extracting(Problem::line).hasSize(1).first().asString()
        .startsWith("bad.conf:" + (LINES + 1) + ": variants.broken").contains("an object");
    assertThat(Scene.problems(folder, Scene.BASE + "variants = 5\n"))
        .extracting(Problem::line).hasSize(1).first().asString()
        .startsWith("bad.conf:" + (LINES + 1) + ": variants").contains("an object");
  }

  @Test
  void shouldSayItWhenAPartHasTheNameOfAKernelThing() {
    String text = Scene.BASE
        + part("name = frames, type = cpu").replace("${machine.parts}", PARTS) + "\n";

    assertThat(Scene.problems(folder, text)).extracting(Problem::line).hasSize(1)
        .first().asString().contains("'frames'");
  }
}

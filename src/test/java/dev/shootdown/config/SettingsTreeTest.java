package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingsTreeTest {
  @Test
  void shouldGiveFileLineAndIndexWhenValueInNestedListIsBad() {
    Settings settings = Read.settings(
        "machine {",
        "  parts = [",
        "    { name = a, latency = 3ns }",
        "    { name = b,",
        "      latency = 4 }",
        "    7",
        "    { name = c, caches = [",
        "      { size = -1B }",
        "    ] }",
        "  ]",
        "}");

    for (Settings part : settings.child("machine").children("parts")) {
      part.text("name");
      part.timePs("latency");
      part.children("caches").forEach(cache -> cache.bytes("size"));
    }

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:5: machine.parts[1].latency: 4 has no unit; write 4ns",
        "x.conf:6: machine.parts[2]: must be an object { ... }, not '7'",
        "x.conf:7: machine.parts[3].latency: missing; expected a time such as 120ns",
        "x.conf:8: machine.parts[3].caches[0].size: must not be negative, but is -1B");
  }

  @Test
  void shouldComplainAboutUnreadKeysWhenChildrenWereNotFinished() {
    Settings settings = Read.settings("a { b = 1, bee = 2 }", "l = [ { c = 1, cee = 2 } ]");

    settings.child("a").count("b", 0, 9);
    settings.children("l").get(0).count("c", 0, 9);
    settings.finish();
    settings.finish();

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: a.bee: unknown key; did you mean 'b'?",
        "x.conf:2: l[0].cee: unknown key; did you mean 'c'?");
  }

  @Test
  void shouldListKnownKeysWhenNoneIsNear() {
    Settings settings = Read.settings("wavelength = 7", "x { deep = 1 }", "empty = null");

    settings.timePsOr("latency", 0);
    settings.has("size");
    settings.finish();

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: wavelength: unknown key; known keys here: latency, size",
        "x.conf:2: x: unknown key; known keys here: latency, size",
        "x.conf:3: empty: unknown key; known keys here: latency, size");
  }

  @Test
  void shouldNotComplainWhenKeyIsIgnored() {
    Settings settings = Read.settings("mine = 1", "others { a = 1 }");

    settings.ignore("mine");
    settings.ignore("others");
    settings.finish();

    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldComplainOnceWhenWholeObjectIsMissing() {
    Settings settings = Read.settings("a = 1");
    settings.ignore("a");

    Settings child = settings.child("machine");
    child.timePs("latency");
    child.child("deeper").text("name");
    child.problem("latency", "no");
    child.finish();
    settings.finish();

    assertThat(child.path()).isEqualTo("machine");
    assertThat(Read.lines(settings))
        .containsExactly("x.conf:1: machine: missing; expected an object { ... }");
  }

  @Test
  void shouldSayWhatItIsWhenObjectOrListHasTheWrongType() {
    Settings settings = Read.settings("a = [1]", "b = {}", "c = word", "d = [[1], x, {}]");

    settings.child("a");
    settings.children("b");
    settings.items("c");
    settings.items("d");
    settings.text("b"); // it was refused once, and once is enough

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: a: must be an object { ... }, not a list",
        "x.conf:2: b: must be a list [ ... ], not an object",
        "x.conf:3: c: must be a list [ ... ], not 'word'",
        "x.conf:4: d[0]: must be a single value, not a list",
        "x.conf:4: d[2]: must be a single value, not an object");
  }

  @Test
  void shouldHandOutTheSameCursorWhenAskedTwice() {
    Settings settings = Read.settings("a { b = 1 }", "l = [ {} ]");

    settings.child("a").count("b", 0, 1);

    assertThat(settings.child("a")).isSameAs(settings.child("a"));
    assertThat(settings.children("l")).isSameAs(settings.children("l"));
    settings.finish();
    assertThat(Read.lines(settings)).isEmpty();
  }

  @Test
  void shouldGiveObjectsInSortedOrderWhenAsked() {
    Settings settings = Read.settings("z { }", "b = 1", "a { }", "\"x.y\" { n = 1 }", "n = null");

    assertThat(settings.keys()).containsExactly("a", "b", "x.y", "z");
    assertThat(settings.objects()).extracting(Settings::name).containsExactly("a", "x.y", "z");
    assertThat(settings.objects()).extracting(Settings::path)
        .containsExactly("a", "\"x.y\"", "z");
  }

  @Test
  void shouldKeepOriginAndPathWhenItemsAreRead() {
    Settings settings = Read.settings("a {", " steps = [", "  lock", "  flush", " ]", "}");

    Settings.Item second = settings.child("a").items("steps").get(1);
    settings.problems().add(second.origin(), second.path(), "no such step");

    assertThat(second.text()).isEqualTo("flush");
    assertThat(Read.lines(settings)).containsExactly("x.conf:4: a.steps[1]: no such step");
  }

  @Test
  void shouldPointAtTheKeyOrTheObjectWhenAReaderComplains() {
    Settings settings = Read.settings("a {", " b = 1", "}");
    Settings child = settings.child("a");

    child.problem("b", "first");
    child.problem("absent", "second");
    child.problem("", "third");

    assertThat(Read.lines(settings)).containsExactly(
        "x.conf:1: a: third", "x.conf:1: a.absent: second", "x.conf:2: a.b: first");
    assertThat(child.origin().lineNumber()).isEqualTo(1);
    assertThat(child.name()).isEqualTo("a");
  }
}

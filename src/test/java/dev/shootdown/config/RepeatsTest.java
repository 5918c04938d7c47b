package dev.shootdown.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatsTest {
  private final Problems problems = new Problems();

  private ConfigObject written(String text) {
    return new Repeats(problems).of(ConfigFactory.parseString(text).root());
  }

  private static ConfigObject parsed(String text) {
    return ConfigFactory.parseString(text).root();
  }

  @Test
  void shouldWriteOneCopyForEachNumberWhenAnElementIsRepeated() {
    ConfigObject parts =
        written(
            "parts = [ { name = x }, { for = \"i 2..4\", name = \"cpu{i}\", socket = \"{i / 3}\" },"
                + " { name = y } ]");

    assertThat(parts)
        .isEqualTo(
            parsed(
                "parts = [ { name = x }, { name = cpu2, socket = \"0\" },"
                    + " { name = cpu3, socket = \"1\" }, { name = cpu4, socket = \"1\" },"
                    + " { name = y } ]"));
    assertThat(problems.count()).isZero();
  }

  @Test
  void shouldKnowTheLineWhenACopyIsAskedForIt() {
    ConfigObject whole = written("a = 1\nb = [\n  { for = \"i 0..1\"\n    c = \"{i}\" } ]");

    assertThat(whole.toConfig().getObjectList("b").get(1).get("c").origin().lineNumber())
        .isEqualTo(4);
  }

  @Test
  void shouldComputeProductsBeforeSumsAndGiveHexadecimalWhenAskedForIt() {
    ConfigObject whole =
        written("l = [ { for = \"i 21..21\", a = \"0x{i*16+3 : x} {1+i*2-i%4} {100-i-9}\" } ]");

    assertThat(whole.toConfig().getConfigList("l").get(0).getString("a"))
        .isEqualTo("0x153 42 70");
  }

  @Test
  void shouldFillInBothNamesWhenARepetitionIsWithinAnother() {
    ConfigObject whole =
        written("l = [ { for = \"i 0..1\", m = [ { for = \"k 0..1\", n = \"{i}{k}\" } ] } ]");

    assertThat(whole)
        .isEqualTo(
            parsed(
                "l = [ { m = [{n = \"00\"}, {n = \"01\"}] },"
                    + " { m = [{n = \"10\"}, {n = \"11\"}] } ]"));
  }

  @Test
  void shouldLeaveBracesAloneWhenNothingIsRepeated() {
    assertThat(written("l = [ { a = \"{i}\" } ]")).isEqualTo(parsed("l = [ { a = \"{i}\" } ]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"i", "i 3..2", "0..3", "i 0..100000", "i 0..99999999999", "i 0..x", "I 0..1"})
  void shouldRefuseARangeWhenItIsNone(String range) {
    written("l = [ { for = \"" + range + "\", a = 1 } ]");

    assertThat(problems.list()).hasSize(1);
    assertThat(problems.list().get(0).path()).isEqualTo("l[0].for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"k", "", "i+", "i i", "i/0", "i:d", "2*(i)", "i*999999999999*999999999999", "-i"})
  void shouldRefuseAHoleWhenItIsNoNumberAndSayItOnce(String hole) {
    written("l = [ { for = \"i 1..5\", a = \"x{" + hole + "}\" } ]");

    List<Problem> found = problems.list();
    assertThat(found).hasSize(1);
    assertThat(found.get(0).line()).contains("l[0].a").contains("is no number").contains("[i]");
  }
}

package dev.shootdown.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadSweepTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{ path = kernel.er, values = [B, C] } | small.conf:8: kernel.er: unknown key; did you mean"
            + " 'era'?",
        "{ path = kernel.era, values = [B, Q] } | small.conf:8: kernel.era: 'Q' is not modelled",
        "{ path = kernel.submit, values = [50] } | small.conf:8: kernel.submit: 50 has no unit;"
            + " write 50ns",
        "{ path = kernel.submit, values = [] } | small.conf:8: sweep.axes[0].values: the axis is"
            + " empty",
        "{ path = kernel.submit, values = [1ns, 4KiB] } | sweep.axes[0].values: mixed units: '1ns'"
            + " is a time, '4KiB' is a size",
        "{ path = kernel.submit, from = 1ns, to = 4KiB, step = 1ns } | sweep.axes[0].to: mixed"
            + " units: from is a time, to is a size",
        "{ path = kernel.submit, from = 1ns, to = 9ns, step = 1 } | axes[0].step: mixed units",
        "{ path = kernel.submit, from = 9ns, to = 1ns, step = 1ns } | sweep.axes[0].to: the axis is"
            + " empty: to lies below from",
        "{ path = pages, from = 1, to = 9, step = 0 } | sweep.axes[0].step: must be above 0",
        "{ path = pages, from = 1, to = 9, factor = 1 } | sweep.axes[0].factor: must be a plain"
            + " number above 1",
        "{ path = pages, from = 1, to = 900000, step = 1 } | sweep.axes[0].step: makes more than"
            + " 100000 values",
        "{ path = pages, values = [1, 1] } | sweep.axes[0].values: '1' stands there twice",
        "{ path = pages, value = [1] } | sweep.axes[0].value: unknown key; did you mean 'values'?",
        "{ values = [1] } | sweep.axes[0].path: missing; an axis has a path",
        "{ path = run.seed, values = [1] } | sweep.axes[0].path: seeds are drawn for each run",
        "{ path = run.workers, values = [1] } | 'run.workers' changes no result",
        "{ path = sweep.repeat, values = [1] } | 'sweep.repeat' is no key of a run",
        "{ path = sweep.let.rows, values = [1] } | 'sweep.let.rows' is not declared in sweep.let",
        "{ path = variant, values = [one] } | there is no variant 'one', nor any other",
        "{ path = pages, from = 1, to = 9, sample = sobol } | 'sobol' is no way to sample"
      })
  void shouldSayWhatIsWrongWhenAnAxisIs(String axis, String message) {
    assertThat(Plans.problems(folder, "sweep.axes = [ " + axis + " ]"))
        .anyMatch(line -> line.contains(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "axes = [ { path = kernel.submit, from = 1ns, to = 4KiB, step = 1ns } ]",
        "axes = [ { path = kernel.submit, from = 9ns, to = 1ns, factor = 2 } ]",
        "axes = [ { path = pages, values = [1] } ], exclude = [ { rows = 9 } ]",
        "axes = [ { path = pages, values = [1] } ], stop { figure = x, half-width = 5 }"
      })
  void shouldSayItOnceWhenOneThingIsWrong(String block) {
    assertThat(Plans.problems(folder, "sweep { " + block + " }")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "where = [\"pages > 5\"] | small.conf:8: sweep.where: with sweep.exclude drops every",
        "where = [\"page > 1\"] | there is no axis 'page'; did you mean 'pages'?",
        "where = [\"pages over 1\"] | 'pages over 1' is no comparison",
        "where = [\"kernel.era < 3\"] | 'B' and '3' cannot be ordered",
        "exclude = [ { pages = 9 } ] | axis 'pages' has no value '9', but 1, 2, 3",
        "exclude = [ { rows = 9 } ] | there is no axis 'rows'",
        "exclude = [ {} ] | excludes nothing",
        "zip = [ { axes = [pages, kernel.era] } ] | 'pages' has 3 values and 'kernel.era' has 2",
        "zip = [ { axes = [pages, pages] } ] | 'pages' is zipped twice",
        "repeat = 0 | sweep.repeat: must be between 1 and 1000000, not 0",
        "seeds = mine | sweep.seeds: must be one of per-repetition, per-run",
        "stop.figure = x | sweep.stop.half-width: stop needs both",
        "stop { figure = x, half-width = 5 } | sweep.stop.half-width: must be a number from 0.0",
        "stop { figure = x, half-width = 0.5, max-repeats = 1 }, repeat = 2 | stop.max-repeats:"
            + " must not be less than repeat",
        "warm-up = 5us, until = 1us | sweep.until: the region of interest ends before",
        "boundary.figure = x | sweep.boundary: a boundary needs a figure, a threshold and an axis",
        "boundary { figure = x, above = 1, along = page } | sweep.boundary.along: there is no axis"
            + " 'page'; did you mean 'pages'?",
        "boundary { figure = x, above = 1us, along = pages } | '1us' is no plain number",
        "starved-after = 5 | sweep.starved-after: 5 has no unit; write 5ns",
        "expect = fine | sweep.expect: \"fine\" is no verdict",
        "reapet = 4 | sweep.reapet: unknown key; did you mean 'repeat'?"
      })
  void shouldSayWhatIsWrongWhenTheBlockIs(String line, String message) {
    String axes = "axes = [ { path = pages, values = [1, 2, 3] },"
        + " { path = kernel.era, values = [B, C] } ]";

    assertThat(Plans.problems(folder, "sweep { " + line + "\n" + axes + " }"))
        .anyMatch(each -> each.contains(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kernel.era | command line: kernel.era: 'kernel.era' is no axis; write PATH=VALUE,VALUE",
        "kernel.era= | command line: kernel.era: the axis is empty",
        "kernel.era=B,Q | command line: kernel.era: 'Q' is not modelled",
        "kernel.submit=1ns,2 | command line: kernel.submit: mixed units"
      })
  void shouldBlameTheCommandLineWhenItsAxisIsWrong(String axis, String message) {
    assertThat(Plans.problems(folder, "", axis)).anyMatch(line -> line.startsWith(message));
  }

  @Test
  void shouldRefuseWhenAnOverrideWouldSilenceAnAxis() {
    String axes = "sweep.axes = [ { path = kernel.era, values = [B, C] } ]";
    try {
      Plans.with(folder, axes, List.of("kernel.era=B"));
      throw new AssertionError("it was not refused");
    } catch (dev.shootdown.config.ConfigProblems refused) {
      assertThat(refused.problems()).singleElement().asString()
          .contains("is varied by the axis 'kernel.era', so -D cannot set it");
    }
  }

  @Test
  void shouldRefuseWhenNothingIsVaried() {
    assertThat(Plans.problems(folder, "")).singleElement().asString()
        .contains("sweep.axes: nothing is varied");
  }
}

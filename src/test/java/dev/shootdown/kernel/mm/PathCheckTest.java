package dev.shootdown.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathCheckTest {
  private static Optional<String> check(String steps) {
    return PathCheck.check(
        Stream.of(steps.split(", *")).filter(step -> !step.isEmpty())
            .map(PathStep::parse).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mmap-w-unlock | 'mmap-w-unlock' comes without 'mmap-w-lock' before it",
        "mmap-w-lock | 'mmap-w-lock' is never followed by 'mmap-w-unlock'",
        "mmap-r-lock, mmap-r-lock, mmap-r-unlock | 'mmap-r-lock' comes twice",
        "mmap-downgrade | 'mmap-downgrade' comes without 'mmap-w-lock'",
        "mmap-w-lock, mmap-downgrade, mmap-w-unlock | 'mmap-w-unlock' comes without",
        "n-end | 'n-end' comes without 'n-start'",
        "n-start | 'n-start' is never followed by 'n-end'",
        "rmap-lock exclusive, rmap-unlock | write 'rmap-unlock exclusive'",
        "ptl-unlock | 'ptl-unlock' comes without a step that keeps the lock",
        "ptl-lock | 'ptl-unlock' never follows",
        "pte-clear keep-lock | 'ptl-unlock' never follows",
        "ptl-lock, n-start, n-end, ptl-unlock | 'n-start' may sleep",
        "pte-clear keep-lock, page-alloc, ptl-unlock | 'page-alloc' may sleep",
        "pte-clear, pte-return same | which is not held",
        "pte-clear, page-free captured, page-free captured | 'page-free captured' comes twice",
        "gather-begin, page-free, page-free gathered, gather-end | 'page-free gathered' comes",
        "table-detach, table-free, commit, table-free | 'table-free' comes twice",
        "pte-repoint | 'pte-repoint' needs fresh frames",
        "copy-content | 'copy-content' needs fresh frames",
        "for-page, mmap-r-lock, end-page, mmap-r-unlock | has to be given back there",
        "mmap-r-lock, for-group, mmap-r-unlock, end-group | has to be given back there",
        "for-group, ptl-lock, end-group, ptl-unlock | has to be given back there",
        "end-check | 'end-check' comes without a check",
        "else | 'else' comes without a check",
        "check-refs | never followed by 'end-check'",
        "ptl-lock, pte-same, ptl-unlock, end-check | if 'pte-same' fails",
        "ptl-lock, pte-same, ptl-unlock, else, spend 1us, end-check | if 'pte-same' fails",
        "mmap-r-lock, n-start nonblock, mmap-r-unlock, n-end | if a subscriber refuses"
      })
  void shouldSayWhatIsOutOfPlace(String steps, String said) {
    assertThat(check(steps)).hasValueSatisfying(text -> assertThat(text).contains(said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spend syscall",
        "mmap-w-lock, mmap-downgrade, mmap-r-unlock",
        "n-start, n-start page, n-end, n-only-end",
        "pte-clear, page-free captured, page-alloc, page-free fresh",
        "pte-clear, page-free captured, pte-clear, page-free captured",
        "gather-begin, page-free, gather-end, page-free captured",
        "for-group, for-page mapped, folio-lock, folio-unlock, end-page, end-group",
        "pte-look, ptl-lock, pte-same, ptl-unlock, else, ptl-unlock, end-check",
        "pte-look, check-refs, spend 1us, pte-same, spend 2us, end-check, end-check",
        "n-start nonblock, ptl-lock, ptl-unlock, n-end",
        "ptl-lock, pte-clear, pte-return same, ptl-unlock"
      })
  void shouldHaveNothingToSayWhenAllIsInPlace(String steps) {
    assertThat(check(steps)).isEmpty();
  }

  @Test
  void shouldReadWordsInAnyLegalCombination() {
    PathStep step = PathStep.parse(" AB/x86:  n-start  UNMAP  page nonblock ");

    assertThat(step.words()).containsExactly("UNMAP", "page", "nonblock");
    assertThat(step.era()).isEmpty();
    assertThat(PathStep.parse("B: commit").era()).isPresent();
    assertThat(PathStep.parse("n-start nonblock").has("nonblock")).isTrue();
    assertThat(PathStep.parse("pte-return same keep-lock").keepsLock()).isTrue();
    assertThat(PathStep.parse("pte-clear").argument()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "commit now | 'commit' takes no argument, not 'now'",
        "sec-inv | 'sec-inv' takes one of [range, gathered, changed, page, group, all]",
        "pte-clean | 'pte-clean' is no primitive; did you mean 'pte-clear'?",
        "flush-tlb | there are cpu-flush, batch-flush, pasid-flush; ",
        "xyzzy | 'xyzzy' is no primitive; './shootdown list primitives' has all",
        "n-start page UNMAP | write n-start [UNMAP|",
        "spend fast | not 'fast'",
        "spend long time | too many words after 'spend'; write spend (syscall|",
        "barrier here | 'barrier' takes one of [COUNT], not ''",
        "barrier here 0 | not '0'",
        "D: commit | 'D' is no era (A, B, C",
        "B/mips: commit | 'mips' is no era",
        "B: | a step is missing after the era"
      })
  void shouldSayWhatWouldBeRightWhenALineIsWrong(String line, String said) {
    assertThatIllegalArgumentException().isThrownBy(() -> PathStep.parse(line))
        .withMessageContaining(said);
  }

  @Test
  void shouldPointToTheStepWhenAPathIsWrong() {
    assertThat(place("mmap-w-lock", "pte-clear", "mmap-r-unlock")).isEqualTo(2);
    assertThat(place("pte-clear", "mmap-w-lock", "rmap-lock", "mmap-w-unlock")).isEqualTo(2);
    assertThat(place("mmap-w-lock", "mmap-downgrade", "pte-clear")).isEqualTo(1);
    assertThat(place("pte-clear", "pte-clear keep-lock", "rmap-del")).isEqualTo(1);
    assertThat(place("ptl-lock", "pte-same", "ptl-unlock", "else", "ptl-unlock")).isEqualTo(1);
    assertThat(place("n-start nonblock", "page-alloc", "n-end", "n-end")).isEqualTo(3);
    assertThat(place("pte-clear", "page-free", "page-free", "page-free")).isEqualTo(2);
  }

  private static int place(String... lines) {
    List<PathStep> steps = Trip.path("p", lines).steps();
    PathStep wrong = PathCheck.fault(steps).orElseThrow().step();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) == wrong) {
        return i;
      }
    }
    throw new AssertionError(wrong + " is no step of the path");
  }

  @Test
  void shouldTellWhatAPathNeeds() {
    assertThat(Trip.path("p", "pte-move")).matches(Path::needsTarget);
    assertThat(Trip.path("p", "pte-look to")).matches(Path::needsTarget);
    assertThat(Trip.path("p", "fork-copy")).matches(Path::needsChild);
    assertThat(Trip.path("p", "rmap-lock")).matches(Path::needsReverseMap);
    assertThat(Trip.path("p", "barrier a 2")).matches(Path::meets);
    Path plain = Trip.path("p", "pte-look", "pte-clear");
    assertThat(List.of(
        plain.needsTarget(), plain.needsChild(), plain.needsReverseMap(), plain.meets()))
        .containsOnly(false);
  }
}

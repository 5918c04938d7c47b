package dev.shootdown.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectionTest {
  private static final List<String> ANY = List.of();
  private final AuditSpec spec = Small.shipped();

  @Test
  void shouldTakeVariantsAlongWhenASiteIsNamedByItsNumber() {
    Selection.Chosen chosen = Small.sites(List.of("C5"), ANY, ANY).of(spec);

    assertThat(chosen.rows()).extracting(Row::name).containsExactly("mremap", "mremap-tables");
    assertThat(Small.sites(List.of("C5h"), ANY, ANY).of(spec).rows())
        .extracting(Row::name).containsExactly("mremap-tables");
  }

  @Test
  void shouldChooseErasBAndCAndSixConsumersAtMostWhenNothingIsSaid() {
    Selection.Chosen chosen = Small.sites(ANY, ANY, ANY).of(spec);

    assertThat(chosen.rows()).hasSameSizeAs(spec.rows());
    assertThat(chosen.columns()).extracting(column -> column.era().name())
        .containsOnly("B", "C");
    assertThat(chosen.consumers()).hasSizeLessThanOrEqualTo(6)
        .extracting(Consumer::name).startsWith("vtd-ats", "amd", "smmu-ats", "iommuv2");
  }

  @Test
  void shouldMeanWhatWasShippedWhenThePolicyIsEra() {
    Selection.Chosen chosen =
        new Selection(ANY, List.of("era"), ANY, ANY, ANY, ANY).of(spec);

    assertThat(chosen.columns()).extracting(Column::name)
        .containsExactly("B", "C:x86", "C:riscv", "C:arm64");
  }

  @Test
  void shouldSuggestWhenANameIsUnknown() {
    assertThatThrownBy(() -> Small.sites(List.of("mremp"), ANY, ANY).of(spec))
        .isInstanceOf(Selection.Unknown.class)
        .hasMessage("there is no site 'mremp'; did you mean 'mremap'?");
    assertThatThrownBy(() -> new Selection(ANY, ANY, ANY, List.of("D"), ANY, ANY).of(spec))
        .hasMessageContaining("there is no era 'D'; did you mean");
  }

  @Test
  void shouldRefuseWhenNothingIsLeft() {
    assertThatThrownBy(
            () -> new Selection(ANY, List.of("at-end"), ANY, List.of("C"), ANY, ANY).of(spec))
        .isInstanceOf(Selection.Unknown.class).hasMessage("no cell is left by the selection");
  }

  @Test
  void shouldSayThatAConsumerIsNotModelledWhenItIsNamed(@TempDir Path folder)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("own.conf"), "audit.consumers.tape { absent = \"nobody wrote one\" }");

    assertThatThrownBy(() -> Small.sites(ANY, List.of("tape"), ANY).of(Small.of(file)))
        .isInstanceOfSatisfying(
            Selection.Unknown.class, refused -> assertThat(refused.isNotModelled()).isTrue())
        .hasMessage("consumer 'tape' is not modelled: nobody wrote one");
  }

  @Test
  void shouldHaveNineConsumers() {
    assertThat(spec.present()).extracting(Consumer::name).containsExactly(
        "vtd-ats", "amd", "smmu-ats", "iommuv2", "kvm", "hmm", "ocxl", "gntdev", "pinned");
  }

  @Test
  void shouldLeaveArchitecturesOutThatNoConsumerHas() {
    assertThat(Small.sites(ANY, List.of("ocxl"), ANY).of(spec).columns())
        .extracting(Column::name).contains("B", "C:power").doesNotContain("C:x86", "C:arm64");
    assertThat(Small.sites(ANY, List.of("ocxl"), List.of("C:x86")).of(spec).columns())
        .as("asked for by name").extracting(Column::name).containsExactly("C:x86");
  }
}

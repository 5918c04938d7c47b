package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueFactory;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.ats.AtsDeviceSpec;
import dev.shootdown.hardware.ats.BypassDeviceSpec;
import dev.shootdown.hardware.ats.DmaDeviceSpec;
import dev.shootdown.hardware.cpu.CpuSpec;
import dev.shootdown.hardware.cpu.DvmSpec;
import dev.shootdown.hardware.iommu.IommuSpec;
import dev.shootdown.hardware.memory.MemorySpec;
import dev.shootdown.interconnect.LatencySpec;
import dev.shootdown.interconnect.PcieSwitchSpec;
import dev.shootdown.interconnect.WireSpec;
import dev.shootdown.kernel.mm.Costs;
import dev.shootdown.kernel.mm.WorkCosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The shipped defaults and the Specs know the same keys: neither may have one for itself. */
class ReferenceConfTest {
  private static final String TIME_OR_SIZE = "(BytesPerSecond|Bytes|Ps|Ratio|Address)$";

  private static ConfigObject reference() {
    Problems problems = new Problems();
    ConfigObject reference = ConfigFiles.reference(problems);
    problems.throwIfAny();
    return reference;
  }

  /** Each block of defaults and the Spec that reads it. */
  private static TreeMap<String, Class<? extends Record>> blocks() {
    TreeMap<String, Class<? extends Record>> blocks = new TreeMap<>();
    blocks.put("parts.cpu", CpuSpec.class);
    blocks.put("parts.iommu", IommuSpec.class);
    blocks.put("parts.ats-device", AtsDeviceSpec.class);
    blocks.put("parts.amd-iommu", IommuSpec.class);
    blocks.put("parts.smmu", IommuSpec.class);
    blocks.put("parts.dma-device", DmaDeviceSpec.class);
    blocks.put("parts.bypass-device", BypassDeviceSpec.class);
    blocks.put("parts.memory", MemorySpec.class);
    blocks.put("parts.dvm", DvmSpec.class);
    blocks.put("parts.pcie-switch", PcieSwitchSpec.class);
    blocks.put("kernel.costs.work", WorkCosts.class);
    blocks.put("kernel.costs", Costs.class);
    for (String kind : wires()) {
      blocks.put("wires." + kind, WireSpec.class);
      blocks.put("wires." + kind + ".latency", LatencySpec.class);
    }
    return blocks;
  }

  private static List<String> wires() {
    ConfigObject wires = (ConfigObject) reference().get("wires");
    return new TreeSet<>(wires.keySet()).stream()
        .filter(key -> wires.get(key) instanceof ConfigObject).toList();
  }

  private static ConfigObject block(String path) {
    return reference().toConfig().getObject(path);
  }

  @Test
  void shouldReadEveryKeyWhenABlockIsBound() {
    blocks().forEach((path, spec) -> {
      Problems problems = new Problems();
      Settings.of(block(path), path, problems).bind(spec);

      assertThat(problems.list()).extracting(Problem::line).as(path).isEmpty();
    });
  }

  /** Optional keys are written as null, so that every key stands in the shipped defaults. */
  @Test
  void shouldHaveEveryKeyWhenASpecHasAComponent() {
    blocks().forEach((path, spec) -> {
      TreeSet<String> keys = new TreeSet<>();
      for (var component : spec.getRecordComponents()) {
        keys.add(component.getName().replaceFirst(TIME_OR_SIZE, "")
            .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT));
      }
      assertThat(new TreeSet<>(block(path).keySet())).as(path).isEqualTo(keys);
    });
  }

  @Test
  void shouldNoticeAKeyThatNobodyReads() {
    ConfigObject more = block("parts.cpu").toConfig()
        .withValue("l3-ways", ConfigValueFactory.fromAnyRef(4)).root();
    Problems problems = new Problems();
    Settings.of(more, "parts.cpu", problems).bind(CpuSpec.class);

    assertThat(problems.list()).extracting(Problem::path).containsExactly("parts.cpu.l3-ways");
  }

  @Test
  void shouldHaveDefaultsForEveryTypeOfPart() {
    List<String> types = new ArrayList<>(new TreeSet<>(block("parts").keySet()));

    types.remove("dvm"); // there when the architecture needs it, never declared
    types.add("own"); // its keys are its class's own
    assertThat(Catalogue.parts()).extracting(Catalogue.Entry::name)
        .containsExactlyInAnyOrderElementsOf(types);
  }

  /** What is neither part, wire nor cost is read by the scenario's own reader. */
  @Test
  void shouldReadEveryOtherKeyWhenAScenarioIsLoaded() {
    assertThat(Scenarios.profile("two-socket-ats", List.of("processes=[{name=app,areas=[]}]")))
        .isNotNull();
    assertThat(new TreeSet<>(reference().keySet())).containsExactly(
        "accesses", "check", "dma", "expect", "files", "kernel", "machine", "museum", "parts",
        "paths", "policies", "processes", "question", "run", "sweep", "title", "trouble",
        "tune", "variants", "viommu-work", "wires", "workload");
  }

  @Test
  void shouldNameEveryShippedPathInTheCatalogue() {
    assertThat(Catalogue.paths()).extracting(Catalogue.Entry::name)
        .containsExactlyElementsOf(new TreeSet<>(block("paths").keySet()));
    assertThat(Catalogue.all()).extracting(Catalogue.Entry::line).noneMatch(String::isBlank);
  }
}

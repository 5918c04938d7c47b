package dev.shootdown.scenario;

import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import dev.shootdown.kernel.mm.PathStep;
import dev.shootdown.kernel.mm.PathStepText;
import dev.shootdown.kernel.notifier.Era;
import dev.shootdown.kernel.notifier.Policy;
import dev.shootdown.kernel.notifier.PolicyReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be named in a scenario. */
public final class Catalogue {
  /** One thing: its kind, its name, and a line about it. */
  public record Entry(String kind, String name, String line) {}

  private Catalogue() {}

  /** The kernel paths that ship. */
  public static List<Entry> paths() {
    Problems problems = new Problems();
    Settings paths =
        Settings.of(ConfigFiles.reference(problems), "", problems).child("paths");
    List<Entry> entries = new ArrayList<>();
    for (Settings path : paths.objects()) {
      String line = path.text("site") + ", " + path.text("title");
      entries.add(new Entry("path", path.name(), line));
    }
    return entries;
  }

  /** The part types. */
  public static List<Entry> parts() {
    List<Entry> parts = new ArrayList<>();
    parts.add(new Entry("part", "cpu", "a core: L1 and L2 TLB, walker, interrupts, lazy TLB"));
    parts.add(new Entry("part", "iommu", "VT-d: IOTLB, bounded walks, queued invalidation"));
    parts.add(new Entry("part", "amd-iommu", "AMD: command ring, COMPLETION_WAIT, PPR log"));
    parts.add(new Entry("part", "smmu", "SMMUv3: command queue, CMD_SYNC, stalled faults"));
    parts.add(
        new Entry("part", "ats-device", "PCIe device with an ATC: DMA, drain rule, PRI"));
    parts.add(
        new Entry("part", "dma-device", "PCIe device whose accesses the IOMMU translates"));
    parts.add(
        new Entry("part", "bypass-device", "device of physical addresses: pinned pages"));
    parts.add(new Entry("part", "own", "a device of your own, by its class: docs/write-a-part.md"));
    parts.add(new Entry("part", "pcie-switch", "one upstream link that several devices share"));
    parts.add(new Entry("part", "memory", "latency and bandwidth of DMA"));
    parts.addAll(Families.types());
    return parts;
  }

  /** The words that a path's steps are made of. */
  public static List<Entry> primitives() {
    List<Entry> entries = new ArrayList<>();
    for (PathStep.Primitive primitive : PathStep.Primitive.values()) {
      String words = primitive.arguments().isEmpty() ? "" : "`" + primitive.usage() + "`: ";
      entries.add(
          new Entry("primitive", primitive.text(), words + PathStepText.does(primitive)));
    }
    return entries;
  }

  /** The policies that ship, in their order. */
  public static List<Entry> policies() {
    Problems problems = new Problems();
    Settings all =
        Settings.of(ConfigFiles.reference(problems), "", problems).child("policies");
    return PolicyReader.read(all).values().stream().sorted(Policy.BY_ORDER)
        .map(
            policy -> new Entry(
                "policy", policy.name(), policy.title() + " (eras "
                    + Arrays.stream(Era.values()).filter(policy.eras()::contains).map(Era::name)
                        .collect(Collectors.joining()) + ")"))
        .toList();
  }

  /** The eras. */
  public static List<Entry> eras() {
    return List.of(
        new Entry("era", "A", "before Linux 4.15: under the page-table lock and at range_end"),
        new Entry("era", "B", "Linux 4.15 to 6.5: secondary flush at range_end and commit"),
        new Entry("era", "C", "Linux 6.6 and later: secondary flush inside the CPU flush")
    );
  }

  /** All of them. */
  public static List<Entry> all() {
    List<Entry> all = new ArrayList<>(parts());
    all.addAll(paths());
    all.addAll(primitives());
    all.addAll(policies());
    all.addAll(eras());
    all.replaceAll(
        e -> new Entry(e.kind().toLowerCase(Locale.ROOT), e.name(), e.line()));
    return all;
  }
}

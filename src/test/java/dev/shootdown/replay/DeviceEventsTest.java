package dev.shootdown.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that no shipped trace has; the lines are made up from the kernel's print formats. */
class DeviceEventsTest {
  @TempDir Path directory;

  private TraceEvent body(String body) {
    Recording recording = Traces.read(directory, "  x-7  [001]  1.000002: " + body);
    assertThat(recording.reading().findings()).isEmpty();
    return recording.events().get(0);
  }

  private IommuEvent iommu(String body) {
    return ((TraceEvent.OfIommu) body(body)).event();
  }

  private QiDescriptor descriptor(String words) {
    return ((IommuEvent.QiSubmit) iommu("qi_submit: some_inv dmar0: " + words + " 0x0 0x0"))
        .descriptor();
  }

  @ParameterizedTest
  @CsvSource({
      "0x00000000000300f2 0x7f5d0000000a, IOTLB, 3, -1, -1, 0x7f5d00000000, 1024",
      "0x00000000000300e2 0x0, IOTLB, 3, -1, -1, 0x0, -1",
      "0x00000000000000d2 0x0, IOTLB, 0, -1, -1, 0x0, -1",
      "0x0000000100030036 0x7f5d00000000, PASID_IOTLB, 3, 1, -1, 0x7f5d00000000, 1",
      "0x0000000100030026 0x0, PASID_IOTLB, 3, 1, -1, 0x0, -1",
      "0x0000001000000003 0x7f5d00001000, DEVICE_TLB, -1, -1, 16, 0x7f5d00001000, 1",
      "0x0000001000000003 0x7f5d00003001, DEVICE_TLB, -1, -1, 16, 0x7f5d00000000, 8",
      "0x0000001000000003 0x7ffffffffffff001, DEVICE_TLB, -1, -1, 16, 0x0, -1",
      "0x0000000200100008 0x7f5d00000800, PASID_DEVICE_TLB, -1, 2, 16, 0x7f5d00000000, 2",
      "0x0000002000000025 0x0, WAIT, -1, -1, -1, 0x0, 0",
      "0x0000000000050001 0x0, CONTEXT, 5, -1, -1, 0x0, -1",
      "0x0000000700050007 0x0, PASID_CACHE, 5, 7, -1, 0x0, -1"})
  void shouldDecodeDescriptors(String words, QiDescriptor.Kind kind, int domain, long pasid,
      int source, String address, long pages) {
    assertThat(descriptor(words)).isEqualTo(
        new QiDescriptor(kind, domain, pasid, source, Long.decode(address), pages));
  }

  @Test
  void shouldKnowWhatADescriptorCovers() {
    QiDescriptor block = descriptor("0xf2 0x7f5d00000001");
    assertThat(block.covers(0x7f5d00001fffL)).isTrue();
    assertThat(block.covers(0x7f5d00002000L)).isFalse();
    assertThat(block.covers(0x7f5cfffff000L)).isFalse();
    assertThat(descriptor("0xe2 0x0").covers(0x1234)).isTrue();
    assertThat(descriptor("0x25 0x0").isTranslation()).isFalse();
    assertThat(body("qi_submit: iotlb_inv dmar0: 0xe2 0x0 0x0 0x0").isFlushEffect()).isTrue();
  }

  @Test
  void shouldReadPageRequests() {
    assertThat(iommu("prq_report: dmar0/0000:00:02.0 seq# 41: rid=0x10 addr=0x7f3b2 r---l"
        + " pasid=0x1 index=0x3"))
        .isEqualTo(new IommuEvent.PageRequest("dmar0", "0000:00:02.0", 0x10, 0x7f3b2, 1, true));
    assertThat(iommu("prq_report: dmar0/0000:00:02.0 seq# 41: rid=0x10 addr=0x7f3b2 rw---"
        + " pasid=0x1 index=0x3"))
        .extracting(event -> ((IommuEvent.PageRequest) event).last()).isEqualTo(false);
  }

  @Test
  void shouldReadCacheTags() {
    assertThat(iommu("cache_tag_flush_range: dmar0 0000:00:02.0[1] type devtlb did 3"
        + " [0x7f3b2000-0x7f3b4fff] addr 0x7f3b0000 pages 0x8 mask 0x3"))
        .isEqualTo(new IommuEvent.CacheTagFlush(
            "dmar0 0000:00:02.0[1]", "devtlb", 3, 0x7f3b2000, 0x7f3b4fff, 8));
    assertThat(iommu("cache_tag_flush_all: dmar0/0000:00:02.0 type iotlb did 3 pasid 0 ref 1"))
        .isInstanceOfSatisfying(IommuEvent.CacheTagFlush.class,
            flush -> assertThat(flush.pages()).isEqualTo(-1));
    assertThat(iommu("cache_tag_assign: dmar0/0000:00:02.0 type iotlb did 3 pasid 0 ref 1"))
        .isEqualTo(new IommuEvent.CacheTag("dmar0/0000:00:02.0", "iotlb", 3, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "map: IOMMU: iova=0x0000000000010000 - 0x0000000000012000 paddr=0x0000000100000000 size=8192",
      "map: IOMMU: iova=0x0000000000010000 paddr=0x0000000100000000 size=8192"})
  void shouldReadMapsOfBothAges(String body) {
    assertThat(iommu(body)).isEqualTo(new IommuEvent.Map(0x10000, 0x12000, 0x100000000L));
  }

  @Test
  void shouldSeeWhenAnUnmapTookMoreThanItWasAskedFor() {
    assertThat(iommu("unmap: IOMMU: iova=0x10000 - 0x12000 size=8192 unmapped_size=2097152"))
        .isInstanceOfSatisfying(IommuEvent.Unmap.class, unmap -> {
          assertThat(unmap.isExact()).isFalse();
          assertThat(unmap.unmappedBytes()).isEqualTo(0x200000);
        });
    assertThat(iommu("io_page_fault: IOMMU:pci 0000:00:02.0 iova=0x0000000000010000 flags=0x0001"))
        .isEqualTo(new IommuEvent.IoPageFault("0000:00:02.0", 0x10000, 1));
  }

  @Test
  void shouldReadKvmEventsOfBothAges() {
    assertThat(body("kvm_page_fault: vcpu 1 rip 0xffff address 0x0000000000001000"
        + " error_code 0x100000014"))
        .extracting(event -> ((TraceEvent.OfKvm) event).event())
        .isEqualTo(new KvmEvent.GuestFault(1, 0x1000, 0x100000014L));
    assertThat(body("kvm_page_fault: address 1000 error_code 14"))
        .extracting(event -> ((TraceEvent.OfKvm) event).event())
        .isEqualTo(new KvmEvent.GuestFault(-1, 0x1000, 0x14));
    assertThat(body("kvm_age_hva: mmu notifier age hva: 0x007f00 -- 0x008f00"))
        .extracting(event -> ((TraceEvent.OfKvm) event).event())
        .isEqualTo(new KvmEvent.AgeHva(0x7f00, 0x8f00));
    assertThat(body("kvm_set_spte_hva: mmu notifier set pte hva: 0x007f00"))
        .extracting(event -> ((TraceEvent.OfKvm) event).event())
        .isEqualTo(new KvmEvent.SetSpteHva(0x7f00));
  }

  @Test
  void shouldReadMemoryManagementOfItsOwnAccord() {
    assertThat(body("mm_migrate_pages: nr_succeeded=32 nr_failed=1 nr_thp_succeeded=0"
        + " nr_thp_failed=0 nr_thp_split=0 nr_split=0 mode=MIGRATE_SYNC reason=compaction"))
        .extracting(event -> ((TraceEvent.OfMemory) event).event())
        .isEqualTo(new MemoryEvent.Migrated(32, 1, "compaction"));
    assertThat(body("mm_collapse_huge_page: mm=00000000ab, isolated=1, status=succeeded"))
        .extracting(event -> ((TraceEvent.OfMemory) event).event())
        .isEqualTo(new MemoryEvent.Collapse(0xab, true, "succeeded"));
    assertThat(body("ksm_merge_one_page: pfn 33 rmap_item 00ab mm 00cd error 0"))
        .extracting(event -> ((TraceEvent.OfMemory) event).event())
        .isEqualTo(new MemoryEvent.KsmMerge(33, 0xcd, false, 0));
    assertThat(body("ksm_merge_with_ksm_page: ksm pfn 33 rmap_item 00ab mm 00cd error 0"))
        .extracting(event -> ((TraceEvent.OfMemory) event).event())
        .isEqualTo(new MemoryEvent.KsmMerge(33, 0xcd, true, 0));
    assertThat(body("ksm_start_scan: seq 7 rmap size 12"))
        .extracting(event -> ((TraceEvent.OfMemory) event).event())
        .isEqualTo(new MemoryEvent.KsmScan(true, 7));
  }

  @Test
  void shouldReadAnInterruptToSeveralCpus() {
    assertThat(body("ipi_send_cpumask: cpumask=1-3,5 callsite=a+0x1/0x2 callback=f+0x0/0x1"))
        .isInstanceOfSatisfying(TraceEvent.IpiMask.class,
            mask -> assertThat(mask.targetCpus()).containsExactly(1, 2, 3, 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qi_submit: iotlb_inv dmar0", "qi_submit: iotlb_inv dmar0: zz 0x0 0x0",
      "prq_report: nobody", "cache_tag_flush_range: dmar0 dev type x did 1 pages 0x1",
      "unmap: IOMMU: iova=0x10000 - zz", "ipi_send_cpumask: cpumask=9-99999 callback=f",
      "kvm_page_fault: nothing", "mm_migrate_pages: nr_succeeded=x", "ksm_start_scan: late",
      "kvm_age_hva: mmu notifier age hva: 0x1"})
  void shouldCountAndLeaveOutWhatItCannotRead(String body) {
    Recording recording = Traces.read(directory,
        " a-1 [000] 1.000001: page_fault_user: address=0x7f00 ip=0x7f10 error_code=0x6",
        " a-1 [000] 1.000002: " + body);
    assertThat(recording.events()).hasSize(1);
    assertThat(recording.reading().findings().get(Trouble.UNREADABLE_PAYLOAD))
        .isEqualTo(new Reading.Finding(1, 2));
  }

  @Test
  void shouldKeepNoMoreEventsThanAllowedAndCountTheRest() {
    String line = " a-1 [000] 1.000001: page_fault_user: address=0x7f00 ip=0x7f10 error_code=0x6";
    Path path = Traces.write(directory, line, line, line.replace("1.00", "2.00"), line);
    Recording few = TraceReader.read(path, new ReadOptions(2, 0, 9, 0));
    assertThat(few.events()).hasSize(2);
    assertThat(few.reading().findings().get(Trouble.BEYOND_LIMIT))
        .isEqualTo(new Reading.Finding(2, 3));
    assertThat(few.reading().count("page_fault_user")).isEqualTo(4);
    Recording late = TraceReader.read(path, new ReadOptions(9, 2, 3, 0));
    assertThat(late.events()).extracting(event -> event.stamp().line()).containsExactly(3);
    assertThat(late.reading().findings().get(Trouble.OUTSIDE_WINDOW))
        .isEqualTo(new Reading.Finding(3, 1));
  }
}

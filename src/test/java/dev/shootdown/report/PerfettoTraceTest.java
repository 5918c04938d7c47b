package dev.shootdown.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.trace.MachineFact;
import dev.shootdown.trace.MachineFact.Audience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Numbers of fields are those of protos/perfetto/trace/trace_packet.proto and its neighbours. */
class PerfettoTraceTest {
  private static final PageRange PAGE = PageRange.of(5);

  private final FactKeeper facts = new FactKeeper();

  private List<List<ProtoReader.Field>> packets() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PerfettoTrace.write(out, Timeline.of(facts.facts()));
    List<List<ProtoReader.Field>> packets = new ArrayList<>();
    for (ProtoReader.Field field : ProtoReader.fields(out.toByteArray())) {
      assertThat(field.number()).isEqualTo(1);
      packets.add(ProtoReader.fields(field.bytes()));
    }
    return packets;
  }

  private static List<ProtoReader.Field> inside(List<ProtoReader.Field> packet, int number) {
    List<ProtoReader.Field> found = ProtoReader.all(packet, number);
    return found.isEmpty() ? List.of() : ProtoReader.fields(found.get(0).bytes());
  }

  /** Tracks by uuid, as {@code parent/name}. */
  private static Map<Long, String> tracks(List<List<ProtoReader.Field>> packets) {
    Map<Long, String> tracks = new TreeMap<>();
    for (List<ProtoReader.Field> packet : packets) {
      List<ProtoReader.Field> track = inside(packet, 60);
      if (!track.isEmpty()) {
        long parent = ProtoReader.number(track, 5);
        String before = parent < 0 ? "" : tracks.get(parent) + "/";
        tracks.put(ProtoReader.number(track, 1), before + ProtoReader.text(track, 2));
      }
    }
    return tracks;
  }

  /** Begins and ends as {@code time track name}, ends with a dash for the name. */
  private List<String> events() throws IOException {
    List<List<ProtoReader.Field>> packets = packets();
    Map<Long, String> tracks = tracks(packets);
    List<String> events = new ArrayList<>();
    for (List<ProtoReader.Field> packet : packets) {
      List<ProtoReader.Field> event = inside(packet, 11);
      if (!event.isEmpty()) {
        String name = ProtoReader.number(event, 9) == 2 ? "-" : ProtoReader.text(event, 23);
        events.add(
            ProtoReader.number(packet, 8) + " " + tracks.get(ProtoReader.number(event, 11)) + " "
                + name);
      }
    }
    return events;
  }

  private PerfettoTraceTest flush() {
    return flush(1);
  }

  private PerfettoTraceTest flush(int pasid) {
    facts.seen(1_000_000, "cpu0", new MachineFact.OperationBegan(1, "munmap", 1, PAGE));
    facts.seen(
        2_000_000, "cpu0", new MachineFact.FlushBegan(1, Audience.SECONDARY, 1, PAGE, PAGE, 1));
    facts.seen(3_000_000, "iommu0", new MachineFact.InvalidationSent(0, pasid, PAGE, 3));
    facts.seen(4_000_000, "nic0", new MachineFact.InvalidationTaken(pasid, PAGE, 3));
    facts.seen(5_000_000, "nic0", new MachineFact.InvalidationDone(3));
    facts.seen(6_000_000, "cpu0", new MachineFact.FlushEnded(1, Audience.SECONDARY));
    facts.seen(7_000_000, "cpu0", new MachineFact.OperationEnded(1));
    return this;
  }

  @Test
  void shouldHaveTracksPerPartWhenSeveralStateFacts() throws IOException {
    flush();

    assertThat(tracks(packets()).values())
        .contains(
            "cpu0", "cpu0/operations", "cpu0/secondary flush", "cpu0/acknowledged",
            "iommu0/invalidations", "nic0/invalidations");
  }

  @Test
  void shouldBeginAndEndSlicesWhenOperationsDo() throws IOException {
    flush();

    assertThat(events())
        .startsWith("1000 cpu0/operations munmap 0x5000-0x6000 (no. 1)")
        .endsWith("7000 cpu0/operations -")
        .contains("3000 iommu0/invalidations itag 3 to device 0 0x5000-0x6000")
        .contains("5000 iommu0/invalidations -", "5000 nic0/invalidations -");
  }

  @Test
  void shouldFlowFromInvalidationToAcknowledgementWhenAFlushWaits() throws IOException {
    flush();
    assertOneFlow();
  }

  /** Without a PASID it drops what is tagged with any. */
  @Test
  void shouldFlowFromAnInvalidationOfAllPasids() throws IOException {
    flush(-1);
    assertOneFlow();
  }

  /** The flush names the address space, and the invalidation the PASID that it was given. */
  @Test
  void shouldFlowFromAnInvalidationOfAGivenPasid() throws IOException {
    facts.seen(500_000, "page-requests", new MachineFact.PasidBound(1, 9, 1));
    flush(9);
    assertOneFlow();
  }

  private void assertOneFlow() throws IOException {
    List<Long> begun = new ArrayList<>();
    List<Long> ended = new ArrayList<>();
    for (List<ProtoReader.Field> packet : packets()) {
      List<ProtoReader.Field> event = inside(packet, 11);
      ProtoReader.all(event, 47).forEach(flow -> begun.add(flow.value()));
      ProtoReader.all(event, 48).forEach(flow -> ended.add(flow.value()));
    }

    assertThat(ended).hasSize(1);
    assertThat(begun).containsExactly(ended.get(0), ended.get(0));
  }

  @Test
  void shouldFlowFromInterruptToServiceWhenACpuIsInterrupted() throws IOException {
    facts.seen(1_000_000, "cpu0", new MachineFact.FlushBegan(1, Audience.CPU, 1, PAGE, PAGE, 1));
    facts.seen(2_000_000, "cpu0", new MachineFact.InterruptSent(1, 1));
    facts.seen(5_000_000, "cpu1", new MachineFact.Stolen(1, 4_000_000));
    facts.seen(6_000_000, "cpu0", new MachineFact.FlushEnded(1, Audience.CPU));

    assertThat(events())
        .contains(
            "2000 cpu0/interrupts sent flush, CPU 1", "4000 cpu1/stolen flush for no. 1",
            "5000 cpu1/stolen -", "6000 cpu0/acknowledged all acknowledged for no. 1");
    long flows =
        packets().stream()
            .flatMap(packet -> inside(packet, 11).stream())
            .filter(field -> field.number() == 47 || field.number() == 48)
            .map(ProtoReader.Field::value)
            .distinct()
            .count();
    assertThat(flows).isEqualTo(1);
  }

  @Test
  void shouldNestProperlyWhenSlicesOfAKindOverlap() throws IOException {
    facts.seen(1_000_000, "nic0", new MachineFact.Used(1, 5, 7, true, 1));
    facts.seen(2_000_000, "nic0", new MachineFact.Used(1, 5, 7, true, 2));
    facts.seen(3_000_000, "nic0", new MachineFact.Drained(1));
    facts.seen(3_000_500, "nic0", new MachineFact.Used(1, 5, 7, true, 3));
    facts.seen(9_000_000, "nic0", new MachineFact.Drained(2));

    Map<String, Deque<String>> open = new TreeMap<>();
    for (String event : events()) {
      String track = event.split(" ", 2)[1].replaceFirst(" (-|DMA.*)$", "");
      Deque<String> stack = open.computeIfAbsent(track, name -> new ArrayDeque<>());
      if (event.endsWith("-")) {
        assertThat(stack.poll()).isNotNull();
      } else {
        assertThat(stack).isEmpty();
        stack.push(event);
      }
    }
    assertThat(open).containsOnlyKeys("nic0/dma", "nic0/dma 2");
    assertThat(open.get("nic0/dma")).as("the third is still open").hasSize(1);
  }

  @Test
  void shouldKeepThePicosecondsWhenTheClockHasOnlyNanoseconds() throws IOException {
    facts.seen(1_234_567, "nic0", new MachineFact.Used(1, 5, 7, true, 1));
    facts.seen(1_234_999, "nic0", new MachineFact.Drained(1));

    List<ProtoReader.Field> begin =
        packets().stream()
            .map(packet -> inside(packet, 11))
            .filter(event -> ProtoReader.number(event, 9) == 1)
            .findFirst()
            .orElseThrow();
    assertThat(ProtoReader.all(begin, 4))
        .extracting(
            field -> {
              List<ProtoReader.Field> note = ProtoReader.fields(field.bytes());
              return ProtoReader.text(note, 10) + "=" + ProtoReader.number(note, 4);
            })
        .containsExactly("from_ps=1234567", "duration_ps=432");
  }

  @Test
  void shouldWriteCountersWhenAPartTellsItsLevel() throws IOException {
    facts.seen(1_000_000, "iommu0", new MachineFact.Occupied("walkers", 300, 400));

    List<ProtoReader.Field> event = inside(packets().get(2), 11);
    assertThat(ProtoReader.number(event, 9)).isEqualTo(4);
    assertThat(ProtoReader.number(event, 30)).isEqualTo(300);
    assertThat(tracks(packets()).values()).contains("iommu0/walkers");
  }
}

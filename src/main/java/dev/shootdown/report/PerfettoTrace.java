package dev.shootdown.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A timeline as a native trace of Perfetto (protos/perfetto/trace: TracePacket, TrackDescriptor,
 * TrackEvent), which ui.perfetto.dev opens. Its clock counts nanoseconds, so times are rounded down
 * for drawing; the exact picoseconds stand beside each slice.
 *
 * <p>Slices of one track that overlap without one being inside the other cannot be drawn on one
 * line: they go to as many lines as it takes.
 */
final class PerfettoTrace {
  private static final int PACKET = 1;
  private static final int TIMESTAMP = 8;
  private static final int SEQUENCE = 10;
  private static final int TRACK_EVENT = 11;
  private static final int SEQUENCE_FLAGS = 13;
  private static final int TRACK_DESCRIPTOR = 60;
  private static final int CLEARED = 1;

  private static final int SLICE_BEGIN = 1;
  private static final int SLICE_END = 2;
  private static final int INSTANT = 3;
  private static final int COUNTER = 4;

  private record Event(long atPs, ProtoWriter body) {}

  private record Line(long uuid, long[] busyUntilPs) {}

  private final List<ProtoWriter> descriptors = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final SortedMap<String, Long> components = new TreeMap<>();
  private final SortedMap<String, List<Line>> lines = new TreeMap<>();
  private final SortedMap<String, Long> counters = new TreeMap<>();
  private long uuids;

  private PerfettoTrace() {}

  /** Writes the trace. */
  static void write(OutputStream out, Timeline timeline) throws IOException {
    PerfettoTrace trace = new PerfettoTrace();
    timeline.slices().forEach(slice -> trace.components.put(slice.track.component(), 0L));
    timeline.levels().forEach(level -> trace.components.put(level.track().component(), 0L));
    trace.components.replaceAll((name, none) -> trace.descriptor(name, 0, false));
    List<Timeline.Slice> slices = new ArrayList<>(timeline.slices());
    slices.sort(Comparator.comparingLong((Timeline.Slice slice) -> slice.fromPs));
    slices.forEach(trace::slice);
    timeline.levels().forEach(trace::level);
    trace.events.sort(Comparator.comparingLong(event -> event.atPs() / 1000));
    trace.write(out);
  }

  private void write(OutputStream out) throws IOException {
    boolean first = true;
    for (ProtoWriter descriptor : descriptors) {
      ProtoWriter packet =
          new ProtoWriter().number(SEQUENCE, 1).message(TRACK_DESCRIPTOR, descriptor);
      if (first) {
        packet.number(SEQUENCE_FLAGS, CLEARED);
        first = false;
      }
      out.write(new ProtoWriter().message(PACKET, packet).bytes());
    }
    for (Event event : events) {
      ProtoWriter packet =
          new ProtoWriter()
              .number(TIMESTAMP, event.atPs() / 1000)
              .number(SEQUENCE, 1)
              .message(TRACK_EVENT, event.body());
      out.write(new ProtoWriter().message(PACKET, packet).bytes());
    }
  }

  private long descriptor(String name, long parent, boolean counter) {
    long uuid = ++uuids;
    ProtoWriter descriptor = new ProtoWriter().number(1, uuid).text(2, name);
    if (parent != 0) {
      descriptor.number(5, parent);
    }
    if (counter) {
      descriptor.message(8, new ProtoWriter().text(6, "entries"));
    }
    descriptors.add(descriptor);
    return uuid;
  }

  private void slice(Timeline.Slice slice) {
    long uuid = line(slice);
    boolean instant = slice.untilPs() == slice.fromPs;
    ProtoWriter begin =
        new ProtoWriter()
            .number(9, instant ? INSTANT : SLICE_BEGIN)
            .number(11, uuid)
            .text(22, slice.track.kind())
            .text(23, slice.name)
            .message(4, annotation("from_ps", slice.fromPs));
    if (slice.untilPs() != Timeline.OPEN) {
      begin.message(4, annotation("duration_ps", slice.untilPs() - slice.fromPs));
    }
    slice.flows.forEach(flow -> begin.fixed64(47, flow));
    slice.ending.forEach(flow -> begin.fixed64(48, flow));
    events.add(new Event(slice.fromPs, begin));
    if (!instant && slice.untilPs() != Timeline.OPEN) {
      events.add(
          new Event(slice.untilPs(), new ProtoWriter().number(9, SLICE_END).number(11, uuid)));
    }
  }

  private static ProtoWriter annotation(String name, long value) {
    return new ProtoWriter().number(4, value).text(10, name);
  }

  /** The first line of the track that is free when the slice begins. */
  private long line(Timeline.Slice slice) {
    Timeline.Track track = slice.track;
    List<Line> all =
        lines.computeIfAbsent(
            track.component() + "\n" + track.kind(), name -> new ArrayList<>());
    for (Line line : all) {
      if (line.busyUntilPs()[0] <= slice.fromPs) {
        line.busyUntilPs()[0] = slice.untilPs();
        return line.uuid();
      }
    }
    String name = track.kind() + (all.isEmpty() ? "" : " " + (all.size() + 1));
    long uuid = descriptor(name, components.get(track.component()), false);
    all.add(new Line(uuid, new long[] {slice.untilPs()}));
    return uuid;
  }

  private void level(Timeline.Level level) {
    Timeline.Track track = level.track();
    long uuid =
        counters.computeIfAbsent(
            track.component() + "\n" + track.kind(),
            name -> descriptor(track.kind(), components.get(track.component()), true));
    events.add(
        new Event(
            level.atPs(),
            new ProtoWriter().number(9, COUNTER).number(11, uuid).number(30, level.value())));
  }
}

package dev.shootdown.engine;

import dev.shootdown.bytes.BytesIn;
import dev.shootdown.bytes.BytesOut;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a run between two events, by component, so that it doesn't matter who ran where.
 *
 * @param atPs all events before this time have been delivered and none from it on, in ps
 * @param lastPs time of the last event, in ps
 * @param events events delivered so far
 * @param fingerprint the run's fingerprint so far, as {@link Fingerprint#total}
 * @param parts the components in the order of the blueprint
 * @param observers what had been observed
 */
public record Snapshot(
    long atPs, long lastPs, long events, String fingerprint, List<Part> parts, byte[] observers) {

  /** A component's state. */
  public record Part(String name, byte[] image) {}

  /** Appends all of it. */
  public void write(BytesOut out) {
    out.unsigned(atPs);
    out.unsigned(lastPs);
    out.unsigned(events);
    out.text(fingerprint);
    write(observers, out);
    out.unsigned(parts.size());
    for (Part part : parts) {
      out.text(part.name());
      write(part.image(), out);
    }
  }

  /**
   * Takes what {@link #write} wrote.
   *
   * @throws dev.shootdown.bytes.BadBytes if it is something else
   */
  public static Snapshot read(BytesIn in) {
    long atPs = in.unsigned();
    long lastPs = in.unsigned();
    long events = in.unsigned();
    String fingerprint = in.text();
    byte[] observers = in.raw(in.count());
    List<Part> parts = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      parts.add(new Part(in.text(), in.raw(in.count())));
    }
    return new Snapshot(atPs, lastPs, events, fingerprint, List.copyOf(parts), observers);
  }

  static void write(byte[] bytes, BytesOut out) {
    out.unsigned(bytes.length);
    out.raw(bytes, 0, bytes.length);
  }
}

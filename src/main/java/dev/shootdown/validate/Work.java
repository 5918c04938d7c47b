package dev.shootdown.validate;

import java.util.List;
import java.util.Locale;

/** Writes the lines of a scenario that put a machine to work. */
final class Work {
  private static final int PAGE_KIB = 4;

  private Work() {}

  /** One process with these areas, bound to {@code devices}. */
  static String process(String devices, List<String> areas) {
    return "processes=[{name=app,home=0,devices=[" + devices + "],areas=["
        + String.join(",", areas) + "]}]";
  }

  /** An area; the nth begins at its own GiB. */
  static String area(int nth, long pages, String more) {
    return String.format(
        Locale.ROOT, "{name=a%d,at=\"0x%x\",pages=%d%s}", nth, 0x7f0000000000L + ((long) nth << 30),
        pages, more);
  }

  /** A CPU's lines. */
  static String cpu(int number, List<String> lines) {
    StringBuilder text =
        new StringBuilder("{cpu=cpu").append(number).append(",process=app,do=[");
    lines.forEach(line -> text.append('"').append(line).append("\","));
    return text.append("]}").toString();
  }

  /** What all CPUs do. */
  static String workload(List<String> cpus) {
    return "workload=[" + String.join(",", cpus) + "]";
  }

  /** Pages of 4 KiB that {@code kib} take, at least one. */
  static int pages(String kib) {
    return Math.max(1, Integer.parseInt(kib) / PAGE_KIB);
  }
}

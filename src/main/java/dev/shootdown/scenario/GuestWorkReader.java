package dev.shootdown.scenario;

import dev.shootdown.address.PageRange;
import dev.shootdown.config.Nearest;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Scale;
import dev.shootdown.config.Settings;
import dev.shootdown.emulator.GuestAction;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads what a guest's IOMMU driver is made to do.
 *
 * <p>A line is one of {@code map ADDRESS PAGES [huge]}, {@code unmap ADDRESS PAGES}, {@code dma
 * DEVICE ADDRESS read|write [COUNT every TIME]}, {@code await-dma}, {@code flush-devices}, {@code
 * spin TIME}, {@code spin-until TIME}; or {@code stream DEVICE ADDRESS COUNT}: one page after the
 * other is mapped, written by the device, and unmapped; or {@code repeat N} before several of the
 * others with semicolons between.
 */
final class GuestWorkReader {
  private static final int PAGE_SHIFT = 12;
  private static final long HUGE_PAGES = 512;
  private static final long PAGES_MAX = 1L << 18;
  private static final List<String> WORDS =
      List.of(
          "map", "unmap", "dma", "await-dma", "flush-devices", "spin", "spin-until", "stream",
          "repeat");

  private final List<String> devices;
  private final int addressBits;
  private final TreeSet<Long> mapped = new TreeSet<>();

  /** A reader for a guest with these devices, by their number. */
  GuestWorkReader(List<String> devices, int addressBits) {
    this.devices = devices;
    this.addressBits = addressBits;
  }

  /** The lines of {@code do}; every mistake is told with its place. */
  List<GuestAction> actions(Settings at) {
    List<GuestAction> actions = actions(at.items("do"), at.problems());
    at.finish();
    return actions;
  }

  /** What {@code lines} say; every mistake is told with its place. */
  List<GuestAction> actions(List<Settings.Item> lines, Problems problems) {
    List<GuestAction> actions = new ArrayList<>();
    for (Settings.Item line : lines) {
      try {
        actions.addAll(lines(line.text().trim()));
      } catch (IllegalArgumentException wrong) {
        problems.add(line.origin(), line.path(), wrong.getMessage());
      }
    }
    return actions;
  }

  private List<GuestAction> lines(String line) {
    List<String> words = List.of(line.split("\\s+", 3));
    if (words.get(0).equals("stream")) {
      return stream(List.of(line.split("\\s+")));
    }
    if (!words.get(0).equals("repeat")) {
      return List.of(action(List.of(line.split("\\s+"))));
    }
    if (words.size() < 3 || !words.get(1).matches("[1-9]\\d{0,5}")) {
      throw new IllegalArgumentException(
          "write 'repeat N', then the lines to repeat with semicolons between");
    }
    List<GuestAction> all = new ArrayList<>();
    for (int i = Integer.parseInt(words.get(1)); i > 0; i--) {
      for (String part : words.get(2).split(";")) {
        all.add(action(List.of(part.trim().split("\\s+"))));
      }
    }
    return all;
  }

  private GuestAction action(List<String> words) {
    return switch (words.get(0)) {
      case "map" -> map(words);
      case "unmap" -> unmap(words);
      case "dma" -> dma(words);
      case "await-dma" -> alone(words, new GuestAction.AwaitDma());
      case "flush-devices" -> alone(words, new GuestAction.FlushDevices());
      case "spin" -> new GuestAction.Spin(time(words));
      case "spin-until" -> new GuestAction.SpinUntil(time(words));
      default -> throw new IllegalArgumentException(
          "'" + words.get(0) + "' is nothing that a guest does; there are " + WORDS
              + Nearest.to(words.get(0), WORDS)
                  .map(near -> "; did you mean '" + near + "'?").orElse(""));
    };
  }

  private static GuestAction alone(List<String> words, GuestAction action) {
    if (words.size() != 1) {
      throw new IllegalArgumentException("'" + words.get(0) + "' stands alone");
    }
    return action;
  }

  private GuestAction map(List<String> words) {
    boolean huge = words.size() == 4 && words.get(3).equals("huge");
    if (words.size() != 3 && !huge) {
      throw new IllegalArgumentException("write 'map ADDRESS PAGES' or 'map ADDRESS PAGES huge'");
    }
    PageRange range = range(words.get(1), words.get(2));
    if (huge && (range.firstPage() | range.pages()) % HUGE_PAGES != 0) {
      throw new IllegalArgumentException(
          "huge leaves have 512 pages: both the address and the pages must be multiples of that");
    }
    for (long page = range.firstPage(); page < range.endPage(); page++) {
      if (!mapped.add(page)) {
        throw new IllegalArgumentException(
            String.format("0x%x is mapped already; unmap it first", page << PAGE_SHIFT));
      }
    }
    return new GuestAction.Map(range, huge);
  }

  private GuestAction unmap(List<String> words) {
    if (words.size() != 3) {
      throw new IllegalArgumentException("write 'unmap ADDRESS PAGES'");
    }
    PageRange range = range(words.get(1), words.get(2));
    if (mapped.subSet(range.firstPage(), range.endPage()).isEmpty()) {
      throw new IllegalArgumentException("nothing is mapped in " + range);
    }
    mapped.subSet(range.firstPage(), range.endPage()).clear();
    return new GuestAction.Unmap(range);
  }

  private List<GuestAction> stream(List<String> words) {
    if (words.size() != 4) {
      throw new IllegalArgumentException("write 'stream DEVICE ADDRESS COUNT'");
    }
    PageRange all = range(words.get(2), words.get(3));
    int device = device(words.get(1));
    List<GuestAction> actions = new ArrayList<>();
    for (long page = all.firstPage(); page < all.endPage(); page++) {
      if (mapped.contains(page)) {
        throw new IllegalArgumentException(
            String.format("0x%x is mapped already; unmap it first", page << PAGE_SHIFT));
      }
      actions.add(new GuestAction.Map(PageRange.of(page), false));
      actions.add(new GuestAction.Dma(device, page, true, 1, 0));
      actions.add(new GuestAction.AwaitDma());
      actions.add(new GuestAction.Unmap(PageRange.of(page)));
    }
    return actions;
  }

  private GuestAction dma(List<String> words) {
    boolean series = words.size() == 7 && words.get(5).equals("every");
    if (words.size() != 4 && !series) {
      throw new IllegalArgumentException(
          "write 'dma DEVICE ADDRESS read', or write, and perhaps 'COUNT every TIME' behind it");
    }
    String access = words.get(3);
    if (!(access.equals("read") || access.equals("write"))) {
      throw new IllegalArgumentException("'" + access + "' is neither read nor write");
    }
    if (series && !words.get(4).matches("[1-9]\\d{0,5}")) {
      throw new IllegalArgumentException("'" + words.get(4) + "' is no number of transfers");
    }
    return new GuestAction.Dma(
        device(words.get(1)), range(words.get(2), "1").firstPage(), access.equals("write"),
        series ? Integer.parseInt(words.get(4)) : 1, series ? Scale.TIME.parse(words.get(6)) : 0);
  }

  private int device(String name) {
    int device = devices.indexOf(name);
    if (device < 0) {
      throw new IllegalArgumentException(
          "this guest has no device '" + name + "'; it has " + devices
              + Nearest.to(name, devices)
                  .map(near -> "; did you mean '" + near + "'?").orElse(""));
    }
    return device;
  }

  private PageRange range(String address, String count) {
    if (!address.matches("0x[0-9a-fA-F]{1,14}") || !address.endsWith("000")) {
      throw new IllegalArgumentException(
          "'" + address + "' is no page's address; write one such as 0x1000");
    }
    if (!count.matches("[1-9]\\d{0,6}") || Long.parseLong(count) > PAGES_MAX) {
      throw new IllegalArgumentException(
          "'" + count + "' is no number of pages from 1 to " + PAGES_MAX);
    }
    long first = Long.parseLong(address.substring(2), 16) >>> PAGE_SHIFT;
    long pages = Long.parseLong(count);
    if (first + pages > 1L << (addressBits - PAGE_SHIFT)) {
      throw new IllegalArgumentException(
          "the IOMMU has addresses of " + addressBits + " bits; " + address + " with " + count
              + " pages lies beyond");
    }
    return new PageRange(first, pages);
  }

  private static long time(List<String> words) {
    if (words.size() != 2) {
      throw new IllegalArgumentException(
          "'" + words.get(0) + "' takes one time, such as '" + words.get(0) + " 5us'");
    }
    return Scale.TIME.parse(words.get(1));
  }
}

package dev.shootdown.scenario;

import dev.shootdown.config.Problems;
import dev.shootdown.config.Scale;
import dev.shootdown.config.Settings;
import dev.shootdown.hardware.vcpu.GuestAction;
import dev.shootdown.hardware.vcpu.GuestWork;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a guest does: {@code touch GFN [COUNT] read|write}, {@code apic}, {@code spin TIME},
 * {@code halt TIME}, {@code cache NUMBER}, and as the last line {@code repeat}, {@code repeat N} or
 * {@code repeat until TIME}.
 */
final class KvmLines {
  private static final long TOUCHED_MOST = 1 << 16;

  private KvmLines() {}

  static GuestWork read(List<Settings.Item> lines, Problems problems) {
    List<GuestAction> actions = new ArrayList<>();
    GuestWork once = new GuestWork(List.of(), 1);
    GuestWork work = once;
    for (int i = 0; i < lines.size(); i++) {
      Settings.Item line = lines.get(i);
      String[] words = line.text().trim().split("\\s+");
      try {
        if (!words[0].equals("repeat")) {
          actions.addAll(actions(words));
        } else if (i < lines.size() - 1) {
          throw new IllegalArgumentException("'repeat' stands last: it repeats all before it");
        } else {
          work = repeated(words, actions);
        }
      } catch (IllegalArgumentException wrong) {
        problems.add(line.origin(), line.path(), wrong.getMessage());
      }
    }
    return work == once ? new GuestWork(actions, 1) : work;
  }

  private static GuestWork repeated(String[] words, List<GuestAction> actions) {
    if (actions.isEmpty()) {
      throw new IllegalArgumentException("there is nothing before 'repeat' to repeat");
    }
    if (words.length == 1) {
      return new GuestWork(actions, GuestWork.FOR_EVER);
    }
    if (words.length == 3 && words[1].equals("until")) {
      return new GuestWork(actions, GuestWork.FOR_EVER, Scale.TIME.parse(words[2]));
    }
    if (words.length != 2 || !words[1].matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          "write 'repeat', 'repeat N' for N times in all, or 'repeat until 50us'");
    }
    return new GuestWork(actions, Long.parseLong(words[1]));
  }

  private static List<GuestAction> actions(String[] words) {
    switch (words[0]) {
      case "touch":
        return touch(words);
      case "apic":
        words(words, 1, "apic");
        return List.of(new GuestAction.Apic());
      case "spin":
        words(words, 2, "spin 1us");
        return List.of(new GuestAction.Spin(Scale.TIME.parse(words[1])));
      case "halt":
        words(words, 2, "halt 50us");
        return List.of(new GuestAction.Halt(Scale.TIME.parse(words[1])));
      case "cache":
        words(words, 2, "cache 0");
        return List.of(new GuestAction.WriteCache((int) number(words[1])));
      default:
        throw new IllegalArgumentException(
            "'" + words[0] + "' is nothing that a guest does; it can touch, apic, spin, halt,"
                + " cache and repeat");
    }
  }

  private static List<GuestAction> touch(String[] words) {
    String access = words[words.length - 1];
    boolean right = words.length == 3 || words.length == 4;
    if (!right || !access.equals("read") && !access.equals("write")) {
      throw new IllegalArgumentException("write 'touch GFN read' or 'touch GFN COUNT write'");
    }
    long first = number(words[1]);
    long count = words.length == 4 ? number(words[2]) : 1;
    if (count < 1 || count > TOUCHED_MOST) {
      throw new IllegalArgumentException("touch 1 to " + TOUCHED_MOST + " pages, not " + count);
    }
    List<GuestAction> touches = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      touches.add(new GuestAction.Touch(first + i, access.equals("write")));
    }
    return touches;
  }

  private static void words(String[] words, int count, String example) {
    if (words.length != count) {
      throw new IllegalArgumentException("write it such as '" + example + "'");
    }
  }

  private static long number(String word) {
    if (!word.matches("0x[0-9a-fA-F]{1,11}|\\d{1,9}")) {
      throw new IllegalArgumentException(
          "'" + word + "' is no number; write it such as 3 or 0xfee00");
    }
    return Long.decode(word);
  }
}

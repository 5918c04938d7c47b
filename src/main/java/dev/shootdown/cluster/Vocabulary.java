package dev.shootdown.cluster;

import dev.shootdown.protocol.Ipi;
import java.util.ArrayList;
import java.util.List;

/** What the wires of a scenario can carry. */
public final class Vocabulary {
  private static final String ROOM = Ipi.class.getPackageName();

  /**
   * The protocols: every sealed interface that stands alone in their room, by name. They are looked
   * up, because a protocol that somebody adds must not work on one node and fail on two.
   */
  public static final List<Class<?>> PROTOCOLS = protocols();

  private Vocabulary() {}

  private static List<Class<?>> protocols() {
    String folder = ROOM.replace('.', '/') + "/";
    List<Class<?>> found = new ArrayList<>();
    for (String file : CodeIdentity.files().keySet()) {
      String name = file.startsWith(folder) ? file.substring(folder.length()) : "";
      if (name.endsWith(".class") && name.indexOf('$') < 0 && name.indexOf('/') < 0
          && name.indexOf('-') < 0) {
        add(ROOM + "." + name.substring(0, name.length() - ".class".length()), found);
      }
    }
    return List.copyOf(found);
  }

  private static void add(String name, List<Class<?>> found) {
    try {
      Class<?> type = Class.forName(name, false, Vocabulary.class.getClassLoader());
      if (type.isInterface() && type.isSealed()) {
        found.add(type);
      }
    } catch (ClassNotFoundException gone) {
      throw new IllegalStateException("our own classes changed while we run: " + name, gone);
    }
  }
}

package house;

import java.util.Set;

/**
 * A row of the table of rooms.
 *
 * @param level how high up it lies; 0 knows nobody
 * @param name its package below {@link Rooms#BASE}, such as {@code kernel.mm}
 * @param caption what its {@code package-info.java} begins with
 * @param mayImport the rooms that it may import; a name covers the rooms below it
 * @param importsAll whether it may import everything
 */
record Room(int level, String name, String caption, Set<String> mayImport, boolean importsAll) {
  boolean may(String other) {
    if (importsAll || other.equals(name)) {
      return true;
    }
    return mayImport.stream().anyMatch(m -> other.equals(m) || other.startsWith(m + "."));
  }
}

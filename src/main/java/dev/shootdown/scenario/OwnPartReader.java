package dev.shootdown.scenario;

import com.typesafe.config.ConfigFactory;
import dev.shootdown.config.ConfigProblems;
import dev.shootdown.config.Settings;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * Finds the class that a part of type {@code own} names and makes an instance that has read its
 * keys. Classes come from the thread's context class loader, where a program may have put its own,
 * or from where this class comes from.
 */
final class OwnPartReader {
  private static final int QUEUE_DEPTH_MAX = 32;

  private final Settings at;
  private final String className;

  private OwnPartReader(Settings at) {
    this.at = at;
    this.className = at.text("class");
  }

  /** The part; nothing if there is a problem, which has been told to {@code at}. */
  static Optional<OwnPart<?>> read(Settings at) {
    OwnPartReader reader = new OwnPartReader(at);
    Optional<OwnPart<?>> part =
        reader.className.isEmpty() ? Optional.empty() : reader.instance();
    if (part.isEmpty() || !reader.isReadBy(part.get())) {
      at.ignore("spec");
      return Optional.empty();
    }
    return part;
  }

  private Optional<OwnPart<?>> instance() {
    try {
      Class<?> type = Class.forName(className, true, loader());
      if (OwnPart.class.isAssignableFrom(type)) {
        return Optional.of((OwnPart<?>) type.getConstructor().newInstance());
      }
      return refuse("is no part; it must implement " + OwnPart.class.getName());
    } catch (ClassNotFoundException absent) {
      at.problem(
          "class",
          "there is no class '" + className + "' on the class path; write its full name with the"
              + " package, and put its folder or jar into SHOOTDOWN_CLASSPATH");
      return Optional.empty();
    } catch (InvocationTargetException thrown) {
      return refuse("can't be made, its constructor failed: " + thrown.getCause());
    } catch (LinkageError broken) {
      return refuse("can't be loaded: " + broken);
    } catch (ReflectiveOperationException hidden) {
      return refuse(
          "can't be made; it must be public and not abstract, with a public constructor without"
              + " parameters");
    }
  }

  private boolean isReadBy(OwnPart<?> part) {
    Settings spec =
        at.has("spec")
            ? at.child("spec")
            : Settings.of(
                ConfigFactory.empty().root().withOrigin(at.origin()), at.path() + ".spec",
                at.problems());
    try {
      part.read(spec);
      int depth = part.invalidateQueueDepth();
      if (part.place() == null) {
        refuse("has no place; place() must return one of OwnPart.Place");
        return false;
      }
      if (depth < 1 || depth > QUEUE_DEPTH_MAX) {
        refuse("takes " + depth + " invalidations at a time; it must be 1 to " + QUEUE_DEPTH_MAX);
        return false;
      }
      return true;
    } catch (ConfigProblems problems) {
      throw problems;
    } catch (RuntimeException | LinkageError thrown) {
      refuse("failed to read its keys: " + thrown);
      return false;
    }
  }

  private Optional<OwnPart<?>> refuse(String why) {
    at.problem("class", "class '" + className + "' " + why);
    return Optional.empty();
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? OwnPart.class.getClassLoader() : context;
  }
}

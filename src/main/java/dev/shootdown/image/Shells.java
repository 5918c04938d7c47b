package dev.shootdown.image;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Makes objects without calling their constructors, as the JDK does when it deserializes: by {@code
 * sun.reflect.ReflectionFactory}, which the module jdk.unsupported exports for such uses (JEP 260).
 * It is called by name, since javac warns of it in a way that can't be silenced.
 */
final class Shells {
  private static final String FACTORY = "sun.reflect.ReflectionFactory";

  private Shells() {}

  /** An object of {@code type} whose fields are all zero or null. */
  static Object of(Class<?> type) {
    try {
      Class<?> factory = Class.forName(FACTORY);
      Object made = factory.getMethod("getReflectionFactory").invoke(null);
      Method constructors =
          factory.getMethod(
              "newConstructorForSerialization", Class.class, Constructor.class);
      Constructor<?> plain = Object.class.getDeclaredConstructor();
      return ((Constructor<?>) constructors.invoke(made, type, plain)).newInstance();
    } catch (InvocationTargetException thrown) {
      throw new IllegalArgumentException(
          type.getName() + " can't be made anew: " + thrown.getCause(), thrown);
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException(
          "this Java has no " + FACTORY + " (module jdk.unsupported)", missing);
    }
  }
}

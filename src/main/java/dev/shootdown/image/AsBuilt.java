package dev.shootdown.image;

import dev.shootdown.bytes.BadBytes;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * All objects of a thing that has just been built, numbered in an order that depends on how it was
 * built alone: two that were built equally have the same numbers.
 *
 * <p>Can't: see what only an {@link Opaque} object or a class of the JDK refers to.
 */
public final class AsBuilt {
  private static final String OURS = "dev.shootdown.";

  private final Allowed allowed;
  private final Forms forms;
  private final Constants constants;
  private final List<Object> objects = new ArrayList<>();
  private final Map<Object, Integer> numbers = new IdentityHashMap<>();
  private final List<Long> contents = new ArrayList<>();
  private final long digest;

  private AsBuilt(Object[] roots) {
    this.allowed = new Allowed(packages(roots), AsBuilt.class.getClassLoader());
    this.forms = new Forms(allowed);
    this.constants = new Constants(allowed);
    number(null, -1, roots);
    for (int i = 0; i < objects.size(); i++) {
      Object whole = objects.get(i);
      number(whole, i, parts(whole, forms.of(whole, true)));
    }
    long sum = objects.size();
    for (int i = 0; i < objects.size(); i++) {
      Object whole = objects.get(i);
      Form form = forms.of(whole, true);
      Object[] parts = form.parts(whole);
      contents.add(content(whole, parts));
      // What never changes may differ: how many workers there are is part of a configuration.
      sum = mix(sum, shape(whole.getClass()) + (form.isFixed() ? parts.length : contents.get(i)));
    }
    this.digest = sum;
  }

  /**
   * All that {@code roots} lead to.
   *
   * @throws Unimaged if there is something among it that has no image
   */
  public static AsBuilt of(Object... roots) {
    return new AsBuilt(roots);
  }

  /**
   * What {@code held} leads to, as it is now.
   *
   * @throws Unimaged if there is something new in it that has no image
   */
  public byte[] image(Object... held) {
    return new ImageWriter(this).write(held);
  }

  /**
   * Puts an image back: what was built holds again what it held then.
   *
   * @return what was given to {@link #image}
   * @throws BadBytes if it isn't an image of a thing that was built as this one
   */
  public Object[] restore(byte[] image) {
    try {
      return new ImageReader(this).read(image);
    } catch (IllegalArgumentException | ClassCastException | Unimaged nonsense) {
      throw new BadBytes("an image that makes no sense: " + nonsense.getMessage(), 0);
    }
  }

  /** Where a user's own parts live: the packages of what is neither ours nor a library's. */
  private static List<String> packages(Object[] roots) {
    List<String> packages = new ArrayList<>();
    for (Object root : roots) {
      String name = root == null ? "" : root.getClass().getPackageName();
      if (!name.isEmpty() && !name.startsWith("java.") && !(name + ".").startsWith(OURS)
          && !name.startsWith("org.apache.pekko.")) {
        packages.add(name + ".");
      }
    }
    return packages;
  }

  private void number(Object holder, int index, Object[] parts) {
    for (int i = 0; i < parts.length; i++) {
      Object part = parts[i];
      if (!Values.isValue(part) && constants.name(holder, part) == null
          && !numbers.containsKey(part)) {
        form(holder, i, part);
        numbers.put(part, objects.size());
        objects.add(part);
      }
    }
  }

  private void form(Object holder, int index, Object part) {
    try {
      forms.of(part, true);
    } catch (Unimaged unknown) {
      throw held(holder, index, unknown);
    }
  }

  private Unimaged held(Object holder, int index, Unimaged what) {
    if (holder == null) {
      return new Unimaged("it is " + what.getMessage());
    }
    return new Unimaged(forms.of(holder, true).label(holder, index) + " holds "
        + what.getMessage());
  }

  private Object[] parts(Object whole, Form form) {
    try {
      return form.parts(whole);
    } catch (Unimaged shapeless) {
      throw new Unimaged("a " + whole.getClass().getName() + " holds " + shapeless.getMessage());
    }
  }

  /** A digest of what {@code whole} holds, or 0 if something of it is new. */
  long content(Object whole, Object[] parts) {
    long sum = mix(1, parts.length);
    for (Object part : parts) {
      if (Values.isValue(part)) {
        sum = mix(sum, Values.digest(part));
        continue;
      }
      Constants.Name constant = constants.name(whole, part);
      Integer number = numbers.get(part);
      if (constant == null && number == null) {
        return 0;
      }
      sum = mix(sum, constant != null ? Values.digest(constant.field()) : ~number);
    }
    return sum == 0 ? 1 : sum;
  }

  /** A lambda's class has another name in each process. */
  private static long shape(Class<?> type) {
    return Values.digest(type.getName().replaceFirst("\\$\\$Lambda.*", ""));
  }

  /** One more number into a running digest: SplitMix64's finisher over the sum of both. */
  static long mix(long digest, long more) {
    long z = digest * 0x9e3779b97f4a7c15L + more;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  Allowed allowed() {
    return allowed;
  }

  Forms forms() {
    return forms;
  }

  Constants constants() {
    return constants;
  }

  int count() {
    return objects.size();
  }

  Object numbered(int number) {
    return objects.get(number);
  }

  /** The number of {@code object}, or null if it wasn't there. */
  Integer number(Object object) {
    return numbers.get(object);
  }

  /** What object {@code number} held when it was built, as by {@link #content}. */
  long contentWhenBuilt(int number) {
    return contents.get(number);
  }

  /** The same for things that were built equally, and hardly ever for others. */
  long digest() {
    return digest;
  }
}

package dev.shootdown.sweep;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A comparison that a point must meet: {@code pages <= 64}, {@code kernel.era != B}. */
final class Condition {
  private static final Pattern SHAPE =
      Pattern.compile("\\s*([^\\s<>=!]+)\\s*(<=|>=|==|!=|<|>)\\s*(.+?)\\s*");

  private final int left;
  private final String operator;
  private final int rightAxis;
  private final String rightText;

  private Condition(int left, String operator, int rightAxis, String rightText) {
    this.left = left;
    this.operator = operator;
    this.rightAxis = rightAxis;
    this.rightText = rightText;
  }

  /**
   * The comparison that {@code text} writes.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  static Condition parse(String text, List<Axis> axes) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no comparison; write AXIS OPERATOR VALUE, such as '"
              + (axes.isEmpty() ? "pages" : axes.get(0).name()) + " <= 64'");
    }
    int left = Axes.indexOf(axes, matcher.group(1));
    if (left < 0) {
      throw new IllegalArgumentException(Axes.noSuch(matcher.group(1), axes));
    }
    String right = matcher.group(3).replaceAll("^\"(.*)\"$", "$1");
    int rightAxis = Axes.indexOf(axes, right);
    Condition condition = new Condition(left, matcher.group(2), rightAxis, right);
    condition.checkOrder(text, axes);
    return condition;
  }

  private void checkOrder(String text, List<Axis> axes) {
    if (operator.equals("==") || operator.equals("!=")) {
      return;
    }
    List<String> lefts = axes.get(left).labels();
    List<String> rights = rightAxis < 0 ? List.of(rightText) : axes.get(rightAxis).labels();
    for (String one : lefts) {
      refuseUnordered(text, one, rights.get(0));
    }
    for (String other : rights) {
      refuseUnordered(text, lefts.get(0), other);
    }
  }

  private static void refuseUnordered(String text, String one, String other) {
    if (compared(one, other).isEmpty()) {
      throw new IllegalArgumentException(
          "in '" + text + "', '" + one + "' and '" + other
              + "' cannot be ordered; write numbers in the same unit, or == and !=");
    }
  }

  boolean holds(List<String> labels) {
    String one = labels.get(left);
    String other = rightAxis < 0 ? rightText : labels.get(rightAxis);
    Optional<Integer> order = compared(one, other);
    boolean equal = order.map(o -> o == 0).orElseGet(() -> one.equals(other));
    return switch (operator) {
      case "==" -> equal;
      case "!=" -> !equal;
      case "<" -> order.orElse(0) < 0;
      case ">" -> order.orElse(0) > 0;
      case "<=" -> order.orElse(1) <= 0;
      default -> order.orElse(-1) >= 0;
    };
  }

  private static Optional<Integer> compared(String one, String other) {
    Optional<Quantity> a = Quantity.parse(one);
    Optional<Quantity> b = Quantity.parse(other);
    return a.isPresent() && b.isPresent() && a.get().isLike(b.get())
        ? Optional.of(a.get().amount().compareTo(b.get().amount()))
        : Optional.empty();
  }
}

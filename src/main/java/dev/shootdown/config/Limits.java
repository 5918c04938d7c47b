package dev.shootdown.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The least and the greatest legal value of a number, time, size, bandwidth or address.
 *
 * <p>In the unit of the component: picoseconds, bytes, bytes per second, or none.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Limits {
  long min() default 0;

  /** The greatest legal value; by default whatever the component's type holds. */
  long max() default Long.MAX_VALUE;

  /** Why, for the message: {@code "the specification allows 64 outstanding tags"}. */
  String rule() default "";
}

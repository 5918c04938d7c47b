package dev.shootdown.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Optional;

/** Single values as the text they were written as. */
final class Scalars {
  private Scalars() {}

  /**
   * The text of a string, number or boolean; empty for anything else.
   *
   * <p>Typesafe's getString keeps a number as it was written. Going through a double instead would
   * turn the kernel version 6.10 into 6.1.
   */
  static Optional<String> text(ConfigValue value) {
    if (value instanceof ConfigObject || value instanceof ConfigList
        || value.valueType() == ConfigValueType.NULL) {
      return Optional.empty();
    }
    return Optional.of(value.atKey("value").getString("value"));
  }

  /** A value named in a message: a scalar quoted, anything else by its type. */
  static String shown(ConfigValue value) {
    if (value instanceof ConfigObject) {
      return "an object";
    }
    return value instanceof ConfigList ? "a list" : text(value).map(Kinds::quoted).orElse("null");
  }
}

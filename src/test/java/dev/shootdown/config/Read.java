package dev.shootdown.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.util.List;

/** Texts into settings, for tests: every origin is {@code x.conf}. */
final class Read {
  private Read() {}

  static ConfigObject object(String... lines) {
    return named("x.conf", lines);
  }

  static ConfigObject named(String origin, String... lines) {
    return ConfigFactory.parseString(String.join("\n", lines),
        ConfigParseOptions.defaults().setOriginDescription(origin)).root();
  }

  static Settings settings(String... lines) {
    return Settings.of(object(lines), "", new Problems());
  }

  static List<String> lines(Problems problems) {
    return problems.list().stream().map(Problem::line).toList();
  }

  static List<String> lines(Settings settings) {
    return lines(settings.problems());
  }
}

package dev.shootdown.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Parses HOCON texts and what they include; whatever is wrong becomes a problem. */
final class Hocon {
  /**
   * The layers are merged at the root, where the scenario's keys are, so a path that starts at the
   * root key of the shared files starts one element later. Rewriting the text is the only way that
   * keeps HOCON's own rules for self-references and for includes inside an object.
   */
  private static final Pattern SHARED_ROOT =
      Pattern.compile("\\$\\{(\\??)\\s*" + ConfigFiles.ROOT + "\\.");

  private final Path relativeTo;
  private final Problems problems;

  Hocon(Path relativeTo, Problems problems) {
    this.relativeTo = relativeTo;
    this.problems = problems;
  }

  Problems problems() {
    return problems;
  }

  String shown(Place place) {
    return place.shown(relativeTo);
  }

  /** The object a text is; empty, with a problem, if it is none. */
  ConfigObject parse(String text, Place place, List<Place> including) {
    List<Place> within = new ArrayList<>(including);
    within.add(place);
    return parse(text, shown(place), new Includes(this, text, within));
  }

  /** The object a text without includes is, from a source that is no file. */
  ConfigObject parse(String text, String origin) {
    return parse(text, origin, new Includes(this, text, List.of()));
  }

  private ConfigObject parse(String text, String origin, Includes includes) {
    try {
      return ConfigFactory.parseString(SHARED_ROOT.matcher(text).replaceAll("\\${$1"),
          options(origin).setIncluder(includes)).root();
    } catch (ConfigException refused) {
      report(refused, origin);
    } catch (StackOverflowError bottomless) {
      problems.addAt(origin, "", "is nested too deeply");
    }
    return ConfigFactory.empty(origin).root();
  }

  private static ConfigParseOptions options(String origin) {
    return ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setOriginDescription(origin);
  }

  /** Adds what the HOCON library says, without the origin in front and the advice behind. */
  void report(ConfigException refused, String origin) {
    String message = String.valueOf(refused.getMessage());
    String where = refused.origin() == null ? "" : refused.origin().description() + ": ";
    message = message.startsWith(where) ? message.substring(where.length()) : message;
    message = message.replaceAll("(?s) \\((if you (intended|want) |you can double-quote).*", "")
        .replaceAll("\\s+", " ").strip();
    if (message.endsWith("')' here, not: end of file")) {
      message = "a { that was opened is never closed"; // the library speaks of a parenthesis
    }
    if (refused instanceof ConfigException.WrongType) {
      message = "must hold keys and values, not a list";
    }
    if (refused.origin() == null) {
      problems.addAt(origin, "", message);
    } else {
      problems.add(refused.origin(), "", message);
    }
  }
}

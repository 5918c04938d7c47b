package dev.shootdown.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.net.URL;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What {@code include} means here: a file beside the including one, or a resource of the class
 * path. A missing file is an error (HOCON would ignore it) and a URL is refused, because a run must
 * be repeatable from files alone.
 *
 * <p>The library does not tell an includer the line, so it is looked up in the text: includes are
 * met in the order they stand there.
 */
final class Includes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderClasspath,
    ConfigIncluderURL {
  private static final Pattern REMOTE = Pattern.compile("(?i)[a-z][a-z0-9+.-]+:.*");

  private final Hocon hocon;
  private final List<String> lines;
  /** The text's own place last, before it the ones that include it; empty if it is no file. */
  private final List<Place> within;
  private int line;
  private String last = "";

  Includes(Hocon hocon, String text, List<Place> within) {
    this.hocon = hocon;
    this.lines = text.lines().toList();
    this.within = within;
  }

  /** The library offers its own includer here, which would read URLs and ignore missing files. */
  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    String origin = origin(what);
    if (REMOTE.matcher(what).matches()) {
      return refuse(origin, "include of the URL " + Kinds.quoted(what));
    }
    if (within.isEmpty()) {
      return complain(origin, "include is possible in files only");
    }
    try {
      return read(own().beside(what), what, origin);
    } catch (Refusal refusal) {
      return complain(origin, "include " + Kinds.quoted(what) + ": " + refusal.getMessage());
    }
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    String name = what.getPath().replace('\\', '/');
    if (!within.isEmpty() && own() instanceof Place.OnClassPath) {
      return complain(origin(name), "include file(...) is possible in files only");
    }
    return include(context, name);
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    String origin = origin(what);
    return within.isEmpty() ? complain(origin, "include is possible in files only")
        : read(new Place.OnClassPath(what), what, origin);
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    return refuse(origin(what.toString()), "include url(...)");
  }

  private ConfigObject read(Place place, String what, String origin) {
    String shown = hocon.shown(place);
    if (within.contains(place)) {
      return complain(origin, "include " + Kinds.quoted(what) + ": " + shown
          + " would include itself");
    }
    try {
      return hocon.parse(place.text(), place, within);
    } catch (Refusal refusal) {
      return complain(origin, "include " + Kinds.quoted(what) + ": " + shown + ": "
          + refusal.getMessage());
    }
  }

  private Place own() {
    return within.get(within.size() - 1);
  }

  private ConfigObject refuse(String origin, String what) {
    return complain(origin, what + " is refused: a run must be repeatable from files alone;"
        + " save it as a file and include that by its relative path");
  }

  private ConfigObject complain(String origin, String message) {
    hocon.problems().addAt(origin, "", message);
    return ConfigFactory.empty().root();
  }

  private String origin(String what) {
    if (within.isEmpty()) {
      return Origins.COMMAND_LINE;
    }
    String shown = hocon.shown(own());
    for (int i = what.equals(last) ? line + 1 : line; i < lines.size(); i++) {
      String code = lines.get(i).replaceFirst("(#|(?<!:)//).*", "");
      if (code.contains("include") && lines.get(i).contains(what)) {
        line = i;
        last = what;
        return shown + ":" + (i + 1);
      }
    }
    return shown;
  }
}

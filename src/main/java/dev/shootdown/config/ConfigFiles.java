package dev.shootdown.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads and layers configuration files.
 *
 * <p>The shipped defaults and a site's {@code application.conf} write their keys under the root key
 * {@code shootdown}, beside those of other libraries; a scenario and {@code -D path=value} write
 * the same keys at the root. Environment variables and system properties are never consulted: equal
 * files give equal runs. A substitution may write a path with the root key or without, wherever it
 * stands; in a file that is included below the root key it writes the full path.
 */
public final class ConfigFiles {
  /** Our root key in files that we share with other libraries. */
  static final String ROOT = "shootdown";

  /** The name under which every library ships its defaults. */
  static final String REFERENCE = "reference.conf";

  private ConfigFiles() {}

  /**
   * The effective configuration of a scenario: shipped defaults, below the site's file, below the
   * scenario, below the overrides; substitutions resolved.
   *
   * @param scenario a HOCON file
   * @param site the site's {@code application.conf}; it may hold the root key {@code shootdown}
   *     only
   * @param overrides {@code path=value} each, the value in HOCON; a later one wins
   * @param relativeTo origins below this directory are shown relative to it
   * @param problems receives whatever is wrong; what is returned is then only fit for finding more
   */
  public static ConfigObject load(Path scenario, Optional<Path> site, List<String> overrides,
      Path relativeTo, Problems problems) {
    return load(scenario, site, overrides, relativeTo, problems, shipped(problems));
  }

  /** As {@link #load(Path, Optional, List, Path, Problems)}, over other defaults. */
  static ConfigObject load(Path scenario, Optional<Path> site, List<String> overrides,
      Path relativeTo, Problems problems, ConfigObject shipped) {
    Hocon hocon = new Hocon(relativeTo, problems);
    return resolved(hocon, files(hocon, scenario, site, shipped), overrides);
  }

  /** A scenario's files over the given defaults, unresolved. */
  static ConfigObject files(
      Hocon hocon, Path scenario, Optional<Path> site, ConfigObject shipped) {
    ConfigObject layers = shipped;
    if (site.isPresent()) {
      layers = site(hocon, site.get()).withFallback(layers);
    }
    return file(hocon, new Place.OnDisk(scenario), false).withFallback(layers);
  }

  /** What was parsed, with the overrides on top, resolved. */
  static ConfigObject resolved(Hocon hocon, ConfigObject parsed, List<String> overrides) {
    ConfigObject layers = parsed;
    for (String override : overrides) {
      layers = override(hocon, override).withFallback(layers);
    }
    return new Resolution(hocon).of(layers);
  }

  /**
   * The effective configuration of a profile that ships: shipped defaults, profile, overrides.
   *
   * @param resource its name on the class path, such as {@code profiles/guest-2vcpu.conf}
   */
  public static ConfigObject profile(
      String resource, List<String> overrides, Problems problems) {
    Hocon hocon = new Hocon(Path.of(""), problems);
    ConfigObject layers =
        file(hocon, new Place.OnClassPath(resource), false).withFallback(shipped(problems));
    for (String override : overrides) {
      layers = override(hocon, override).withFallback(layers);
    }
    return new Resolution(hocon).of(layers);
  }

  /**
   * A loaded configuration with the overrides on top once more: above an overlay of its own, such
   * as a scenario's variant.
   *
   * @param overrides {@code path=value} each, without substitutions
   */
  public static ConfigObject override(
      ConfigObject config, List<String> overrides, Problems problems) {
    Hocon hocon = new Hocon(Path.of(""), problems);
    ConfigObject layers = config;
    for (String override : overrides) {
      layers = override(hocon, override).withFallback(layers);
    }
    return layers;
  }

  /** The shipped defaults alone, resolved. */
  public static ConfigObject reference(Problems problems) {
    return reference(problems, shipped(problems));
  }

  /** The given defaults alone, resolved. */
  static ConfigObject reference(Problems problems, ConfigObject shipped) {
    return new Resolution(new Hocon(Path.of(""), problems)).of(shipped);
  }

  /**
   * The configuration as HOCON for people, keys sorted, each with {@code # file:line} behind it.
   * Reads back as the same configuration.
   */
  public static String render(ConfigObject object) {
    return ConfigText.rendered(object);
  }

  /**
   * The configuration as stable text for hashing: no origins, keys sorted, scalars quoted as they
   * were written. A key that is {@code null} counts as absent. Amounts are not converted: {@code
   * 1us} and {@code 1000ns} differ here.
   */
  public static String canonical(ConfigObject object) {
    return ConfigText.canonical(object);
  }

  /**
   * The first 8 hexadecimal digits of SHA-256 over {@link #canonical}.
   *
   * @param leftOut paths removed before, such as {@code run.workers}
   */
  public static String hash8(ConfigObject object, List<String> leftOut) {
    Config rest = object.toConfig();
    for (String path : leftOut) {
      rest = rest.withoutPath(path);
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256")
          .digest(canonical(rest.root()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /**
   * The shipped defaults, unresolved, without their root key. Every library on the class path has a
   * reference.conf; the others are not even parsed, which saves a good part of the start-up.
   */
  static ConfigObject shipped(Problems problems) {
    Hocon hocon = new Hocon(Path.of(""), problems);
    ConfigObject found = ConfigFactory.empty(REFERENCE).root();
    try {
      ClassLoader loader = ConfigFiles.class.getClassLoader();
      for (URL url : Collections.list(loader.getResources(REFERENCE))) {
        String text = Place.read(url);
        if (text.contains(ROOT)) {
          found = found.withFallback(parsed(hocon, text));
        }
      }
    } catch (IOException failed) {
      problems.addAt(REFERENCE, "", "cannot be read: " + failed.getMessage());
    } catch (Refusal refusal) {
      problems.addAt(REFERENCE, "", refusal.getMessage());
    }
    if (found.get(ROOT) instanceof ConfigObject own) {
      return own;
    }
    problems.addAt(REFERENCE, ROOT, "no shipped defaults on the class path");
    return ConfigFactory.empty(REFERENCE).root();
  }

  private static ConfigObject parsed(Hocon hocon, String text) {
    return hocon.parse(text, new Place.OnClassPath(REFERENCE), List.of());
  }

  private static ConfigObject file(Hocon hocon, Place place, boolean mayBeEmpty) {
    try {
      String text = place.text();
      if (text.isBlank() && !mayBeEmpty) {
        throw new Refusal("is empty; a scenario is HOCON text such as: run { seed = 1 }");
      }
      return hocon.parse(text, place, List.of());
    } catch (Refusal refusal) {
      hocon.problems().addAt(hocon.shown(place), "", refusal.getMessage());
      return ConfigFactory.empty(hocon.shown(place)).root();
    }
  }

  private static ConfigObject site(Hocon hocon, Path file) {
    ConfigObject site = file(hocon, new Place.OnDisk(file), true);
    for (String key : new TreeSet<>(site.keySet())) {
      if (!key.equals(ROOT)) {
        hocon.problems().add(site.get(key).origin(), ConfigUtil.joinPath(key),
            "does not belong here; keys of this file stand under " + ROOT + " { ... }");
      }
    }
    ConfigValue own = site.get(ROOT);
    if (own instanceof ConfigObject object) {
      return object;
    }
    if (own != null) {
      hocon.problems().add(own.origin(), ROOT, "must be an object { ... }");
    }
    return ConfigFactory.empty().root();
  }

  /** One {@code path=value}; parsed twice, so that a value cannot smuggle in further keys. */
  private static ConfigObject override(Hocon hocon, String override) {
    int equals = override.indexOf('=');
    boolean both = equals > 0 && !override.substring(equals + 1).isBlank();
    String path = both ? override.substring(0, equals).strip() : "";
    try {
      List<String> elements = ConfigUtil.splitPath(path);
      String value = override.substring(equals + 1);
      int before = hocon.problems().count();
      ConfigObject alone = hocon.parse("it = " + value, Origins.COMMAND_LINE);
      if (hocon.problems().count() > before) {
        return ConfigFactory.empty().root();
      }
      if (alone.size() == 1 && alone.containsKey("it")) {
        return hocon.parse(ConfigUtil.joinPath(elements) + " = " + value, Origins.COMMAND_LINE);
      }
    } catch (ConfigException.BadPath noPath) {
      // falls through to the one message
    }
    hocon.problems().addAt(Origins.COMMAND_LINE, "", Kinds.quoted(override)
        + " is not an override; write path=value, such as run.seed=7");
    return ConfigFactory.empty().root();
  }
}

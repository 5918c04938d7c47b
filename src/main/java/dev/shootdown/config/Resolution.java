package dev.shootdown.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Resolves substitutions and writes out what is repeated. The library stops at the first one that
 * leads nowhere; here each is a problem of its own, and the keys that hung on it are taken out.
 */
final class Resolution {
  private final Hocon hocon;

  Resolution(Hocon hocon) {
    this.hocon = hocon;
  }

  ConfigObject of(ConfigObject layers) {
    ConfigObject whole;
    try {
      whole = layers.toConfig()
          .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true)).root();
    } catch (ConfigException refused) {
      hocon.report(refused, "");
      return ConfigFactory.empty().root();
    } catch (StackOverflowError bottomless) {
      hocon.problems().addAt("", "", "substitutions are nested too deeply");
      return ConfigFactory.empty().root();
    }
    ConfigObject resolved = whole.toConfig().isResolved() ? whole : pruned(whole, "");
    return new Repeats(hocon.problems()).of(resolved);
  }

  private ConfigObject pruned(ConfigObject object, String path) {
    ConfigObject pruned = object;
    for (String key : new TreeSet<>(object.keySet())) {
      String quoted = ConfigUtil.joinPath(key);
      String at = path.isEmpty() ? quoted : path + "." + quoted;
      Optional<ConfigValue> value = pruned(object.get(key), at);
      pruned = value.isPresent() ? pruned.withValue(key, value.get()) : pruned.withoutKey(key);
    }
    return pruned;
  }

  private Optional<ConfigValue> pruned(ConfigValue value, String path) {
    try {
      if (value instanceof ConfigObject object) {
        return Optional.of(pruned(object, path));
      }
      if (value instanceof ConfigList list) {
        List<ConfigValue> rest = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          pruned(list.get(i), path + "[" + i + "]").ifPresent(rest::add);
        }
        return Optional.of(ConfigValueFactory.fromIterable(rest).withOrigin(list.origin()));
      }
      value.valueType(); // the library's only public way to ask whether a value is resolved
      return Optional.of(value);
    } catch (ConfigException.NotResolved unresolved) {
      hocon.problems().add(value.origin(), path, "cannot resolve "
          + value.render(ConfigRenderOptions.concise())
          + ": no such key (environment variables are not consulted)");
      return Optional.empty();
    }
  }
}

package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import dev.shootdown.config.Key;
import dev.shootdown.config.Limits;
import dev.shootdown.config.PowerOfTwo;
import dev.shootdown.config.Problem;
import dev.shootdown.config.Problems;
import dev.shootdown.config.Settings;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every value that no Spec can have, for each key of each Spec: refused by key, rule and place. */
class SpecExtremesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern BOUND = Pattern.compile("\\.bind\\(\\s*([\\w.]+)\\.class\\)");
  private static final Pattern SUFFIX =
      Pattern.compile("(BytesPerSecond|Address|Bytes|Ratio|Ps)$");

  /** One value that is out of the question. */
  private record Extreme(Class<? extends Record> spec, String key, String value) {
    @Override
    public String toString() {
      return spec.getSimpleName() + ": " + key + " = " + value;
    }
  }

  /** The records that are read from settings somewhere, by name. */
  private static Map<String, Class<? extends Record>> specs()
      throws IOException, ClassNotFoundException {
    TreeSet<String> names = new TreeSet<>();
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(SOURCES)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        String type = SOURCES.relativize(file).toString().replace('/', '.');
        files.put(file.getFileName().toString().replace(".java", ""),
            type.substring(0, type.length() - ".java".length()));
        Matcher bound = BOUND.matcher(Files.readString(file));
        while (bound.find()) {
          names.add(bound.group(1));
        }
      }
    }
    Map<String, Class<? extends Record>> specs = new TreeMap<>();
    for (String name : names) {
      String[] nested = name.split("\\.", 2);
      String file = files.get(nested[0]);
      if (file != null) {
        Class<?> type = Class.forName(nested.length == 1 ? file : file + "$" + nested[1]);
        add(type, specs);
      }
    }
    return specs;
  }

  /** A record, and those that it is made of. */
  private static void add(Class<?> type, Map<String, Class<? extends Record>> specs) {
    Class<? extends Record> spec = type.asSubclass(Record.class);
    if (specs.put(type.getSimpleName(), spec) == null) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (unwrapped(component.getGenericType()) instanceof Class<?> inner
            && inner.isRecord()) {
          add(inner, specs);
        }
      }
    }
  }

  private static Type unwrapped(Type type) {
    return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
        ? generic.getActualTypeArguments()[0] : type;
  }

  private static List<Extreme> extremes(Class<? extends Record> spec) {
    List<Extreme> extremes = new ArrayList<>();
    for (RecordComponent component : spec.getRecordComponents()) {
      if (unwrapped(component.getGenericType()) instanceof Class<?> type) {
        Matcher suffix = SUFFIX.matcher(component.getName());
        boolean scaled = (type == long.class || type == Long.class || type == double.class)
            && suffix.find();
        String unit = scaled ? suffix.group(1) : "";
        Key key = component.getAnnotation(Key.class);
        String name = component.getName();
        String read = key != null ? key.value()
            : kebab(name.substring(0, name.length() - unit.length()));
        for (String value : values(component, type, unit)) {
          extremes.add(new Extreme(spec, read, value));
        }
      }
    }
    return extremes;
  }

  private static List<String> values(RecordComponent component, Class<?> type, String unit) {
    if (type == boolean.class || type == Boolean.class) {
      return List.of("perhaps", "5", "{}");
    } else if (type.isEnum()) {
      return List.of("no-such-thing", "7", "[]");
    } else if (type == double.class) {
      return List.of("-0.1", "1.5", "much", "5ns");
    } else if (type != int.class && type != long.class && type != Integer.class
        && type != Long.class) {
      return List.of();
    }
    Limits limits = component.getAnnotation(Limits.class);
    long min = limits == null ? unit.equals("BytesPerSecond") ? 1 : 0 : limits.min();
    String written = switch (unit) {
      case "Ps" -> "ps";
      case "Bytes" -> "B";
      case "BytesPerSecond" -> "B/s";
      default -> "";
    };
    List<String> values = new ArrayList<>(List.of("many", "[]", "true"));
    if (!unit.equals("Address")) {
      values.add("99999999999999999999999" + written);
      values.add("1.5." + written);
      values.add(written.isEmpty() ? "5ns" : "5");
      values.add(unit.equals("Ps") ? "5KiB" : "5us");
      if (min > Long.MIN_VALUE) {
        values.add(min - 1 + written);
      }
      if (limits != null && limits.max() < Integer.MAX_VALUE) {
        values.add(limits.max() + 1 + written);
      }
      if (component.isAnnotationPresent(PowerOfTwo.class)) {
        values.add(3 * Math.max(min, 1) + written);
      }
    }
    return values;
  }

  private static String kebab(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** What is said of the value, if the key is all that there is. */
  private static List<Problem> said(Extreme extreme) {
    ConfigObject object = ConfigFactory.parseString(
        "\n\n" + extreme.key() + " = " + quoted(extreme.value()),
        ConfigParseOptions.defaults().setOriginDescription("bad.conf")).root();
    Problems problems = new Problems();
    try {
      Settings.of(object, "here", problems).bind(extreme.spec());
    } catch (RuntimeException refused) {
      assertThat(problems.list()).as("%s", extreme).isNotEmpty();
    }
    return problems.list().stream()
        .filter(problem -> problem.path().startsWith("here." + extreme.key())).toList();
  }

  private static String quoted(String value) {
    return value.matches("[\\[{].*") ? value : '"' + value + '"';
  }

  @Test
  void shouldRefuseByKeyRuleAndPlaceWhenAValueIsImpossible() throws Exception {
    Map<String, Class<? extends Record>> specs = specs();
    List<String> accepted = new ArrayList<>();
    int tried = 0;
    for (Class<? extends Record> spec : specs.values()) {
      for (Extreme extreme : extremes(spec)) {
        tried++;
        List<Problem> said = said(extreme);
        boolean refused = said.stream().anyMatch(
            problem -> problem.origin().equals("bad.conf:3") && problem.message().length() > 8);
        if (!refused) {
          accepted.add(extreme + " -> " + said);
        }
      }
    }

    assertThat(accepted).isEmpty();
    assertThat(specs).containsKeys("CpuSpec", "IommuSpec", "AtsDeviceSpec", "KvmSpec", "GpuSpec");
    assertThat(tried).isGreaterThan(500);
  }
}

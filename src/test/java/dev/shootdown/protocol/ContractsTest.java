package dev.shootdown.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every role of every protocol has a contract, and whoever plays it a page there. */
class ContractsTest {
  private static final Path MAIN = Path.of("src/main/java/dev/shootdown");
  private static final Path HERE = MAIN.resolve("protocol");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern ROLE = Pattern.compile("\\binterface (\\w+Side)\\b");
  private static final Pattern EXTENDS =
      Pattern.compile("\\b(?:abstract (?:static )?)?class (\\w+)\\s+extends (\\w+)\\b");

  private static final Pattern PART =
      Pattern.compile("extends (?:AbstractBehavior|Domain)<(\\w+)\\.Command>");
  private static final Pattern AUDITED =
      Pattern.compile("CommandAudit\\.check\\(\\s*(\\w+)\\.Command\\.class");

  /** Protocol and role in one word, such as {@code AtsDeviceSide}. */
  private static Set<String> roles() {
    Set<String> roles = new TreeSet<>();
    for (Path file : javaFiles(HERE)) {
      String protocol = file.getFileName().toString().replace(".java", "");
      Matcher role = ROLE.matcher(text(file));
      while (role.find()) {
        roles.add(protocol + role.group(1));
      }
    }
    roles.add("FlushHandler"); // a role of its own
    return roles;
  }

  /** Contract to the test files in which somebody's page of it is, or of what extends it. */
  private static Map<String, Set<String>> pages() {
    Map<String, Set<String>> pages = new TreeMap<>();
    for (Path file : javaFiles(TESTS)) {
      Matcher found = EXTENDS.matcher(text(file));
      while (found.find()) {
        if (found.group(2).endsWith("Contract")) {
          pages.computeIfAbsent(found.group(2), contract -> new TreeSet<>())
              .add(file.getFileName().toString());
        }
      }
    }
    return pages;
  }

  @Test
  void shouldHaveAContractForEachRole() {
    List<String> missing = new ArrayList<>();
    for (String role : roles()) {
      if (!Files.exists(TESTS.resolve("dev/shootdown/protocol/" + role + "Contract.java"))) {
        missing.add(role);
      }
    }

    assertThat(missing).as("roles without a contract").isEmpty();
  }

  @Test
  void shouldHaveAPageInEachContractForSomebody() {
    Map<String, Set<String>> pages = pages();
    List<String> empty = new ArrayList<>();
    for (Path file : javaFiles(TESTS.resolve("dev/shootdown/protocol"))) {
      String name = file.getFileName().toString().replace(".java", "");
      if (name.endsWith("Contract") && !pages.containsKey(name)) {
        empty.add(name);
      }
    }

    assertThat(empty).as("contracts that nobody is held to").isEmpty();
    assertThat(pages).hasSizeGreaterThan(roles().size() - 1);
  }

  @Test
  void shouldTellEachPartWhateverComesToMind() {
    Set<String> missing = new TreeSet<>();
    for (String room : List.of("hardware", "kernel", "emulator", "interconnect")) {
      for (Path file : javaFiles(MAIN.resolve(room))) {
        Matcher part = PART.matcher(text(file));
        while (part.find()) {
          missing.add(part.group(1));
        }
      }
    }
    assertThat(missing).hasSizeGreaterThan(25);
    for (Path file : javaFiles(TESTS)) {
      Matcher audited = AUDITED.matcher(text(file));
      while (audited.find()) {
        missing.remove(audited.group(1));
      }
    }

    assertThat(missing).as("parts without a CommandAudit").isEmpty();
  }

  private static List<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

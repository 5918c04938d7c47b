package dev.shootdown.interconnect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A protocol that is left out couldn't be named in trouble. */
class MessageNamesTest {
  private static final Path PROTOCOLS = Path.of("src/main/java/dev/shootdown/protocol");

  private static void leaves(Class<?> type, TreeSet<String> names) {
    if (!type.isSealed()) {
      names.add(type.getSimpleName());
      return;
    }
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      leaves(permitted, names);
    }
  }

  @Test
  void shouldKnowEachMessageWhenAProtocolHasIt() throws IOException, ClassNotFoundException {
    TreeSet<String> said = new TreeSet<>();
    try (Stream<Path> files = Files.list(PROTOCOLS)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        Class<?> type = Class.forName("dev.shootdown.protocol." + name);
        if (type.isSealed()) {
          leaves(type, said);
        }
      }
    }

    assertThat(said).contains("TranslationCompletion", "ShotDown", "Call");
    assertThat(MessageNames.ALL).containsExactlyElementsOf(said);
  }
}

package dev.shootdown.cli;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.config.ReferenceText;
import dev.shootdown.config.ReferenceText.KeyDoc;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a file says about the keys that it sets: value, comment, place. */
final class FileExplanation {
  private FileExplanation() {}

  /**
   * The explanation, some lines a key.
   *
   * @param key the only key that is wanted; null for all
   * @throws dev.shootdown.config.ConfigProblems if the file can't be read
   */
  static String of(Terminal terminal, Path file, String key) {
    Problems problems = new Problems(terminal.cwd());
    ConfigObject config =
        ConfigFiles.load(
            terminal.cwd().resolve(file), Optional.empty(), List.of(), terminal.cwd(), problems);
    problems.throwIfAny();
    StringBuilder text = new StringBuilder();
    for (KeyDoc doc : ReferenceText.setIn(config)) {
      if (key == null || doc.path().equals(key)) {
        tell(text, doc, key == null);
      }
    }
    if (text.isEmpty()) {
      text.append(key == null ? "" : "  here     as by default\n");
    }
    return text.toString();
  }

  private static void tell(StringBuilder text, KeyDoc doc, boolean withPath) {
    if (withPath) {
      text.append(doc.path()).append('\n');
    }
    text.append("  here     ").append(doc.defaultText()).append('\n');
    if (!doc.meaning().isEmpty()) {
      text.append("  comment  ")
          .append(doc.meaning().replace("\n", "\n           "))
          .append('\n');
    }
    text.append("  set      ").append(doc.origin()).append('\n');
  }
}

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
   * All that the file sets, some lines a key.
   *
   * @throws dev.shootdown.config.ConfigProblems if the file can't be read
   */
  static String of(Terminal terminal, Path file) {
    StringBuilder text = new StringBuilder();
    ReferenceText.setIn(read(terminal, file, new Problems(terminal.cwd())))
        .forEach(doc -> tell(text, doc, true));
    return text.toString();
  }

  /**
   * What is known of a key, and what the file sets it to; a kernel path as the file has it.
   *
   * @throws dev.shootdown.config.ConfigProblems if the file can't be read
   */
  static String beside(Terminal terminal, Path file, String key) {
    Problems problems = new Problems(terminal.cwd());
    ConfigObject config = read(terminal, file, problems);
    Optional<String> path = PathExplanation.in(config, key, problems);
    if (path.isPresent()) {
      return path.get();
    }
    StringBuilder text = new StringBuilder(Explanation.of(key));
    List<KeyDoc> here =
        ReferenceText.setIn(config).stream().filter(doc -> doc.path().equals(key)).toList();
    here.forEach(doc -> tell(text, doc, false));
    return here.isEmpty() ? text.append("  here     as by default\n").toString() : text.toString();
  }

  private static ConfigObject read(Terminal terminal, Path file, Problems problems) {
    ConfigObject config =
        ConfigFiles.load(
            terminal.cwd().resolve(file), Optional.empty(), List.of(), terminal.cwd(), problems);
    problems.throwIfAny();
    return config;
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

package dev.shootdown.cli;

import dev.shootdown.config.ConfigProblems;
import dev.shootdown.report.ResultProblem;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the program starts. */
public final class Main {
  private final Terminal terminal;
  private final Front front = new Front();

  private Main(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs a verb and ends the process with its exit code. */
  public static void main(String[] args) {
    DataOut data = new DataOut(FileDescriptor.out);
    PrintStream out = stream(data);
    PrintStream err = stream(new FileOutputStream(FileDescriptor.err));
    Interrupts interrupts = new Interrupts(Runtime.getRuntime()::halt, true);
    Optional<Path> home =
        Optional.ofNullable(System.getProperty("shootdown.home")).map(Path::of);
    Path cwd = Path.of("").toAbsolutePath();
    int exitCode = run(args, new Terminal(out, err, cwd, home, interrupts));
    out.flush();
    Optional<String> trouble = data.trouble();
    if (trouble.isPresent()) {
      err.println("shootdown: standard output is incomplete: " + trouble.get());
      exitCode = exitCode == ExitCode.OK ? ExitCode.ENVIRONMENT : exitCode;
    }
    err.flush();
    System.exit(exitCode);
  }

  /**
   * Runs a verb.
   *
   * @param cwd what file names are relative to
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err, Path cwd) {
    Interrupts none = new Interrupts(code -> {}, false);
    return run(args, new Terminal(out, err, cwd.toAbsolutePath(), Optional.empty(), none));
  }

  static int run(String[] args, Terminal terminal) {
    return new Main(terminal).run(args);
  }

  /** Text is UTF-8 everywhere, whatever the locale: a table must not depend on it. */
  private static PrintStream stream(OutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private int run(String[] args) {
    CommandLine line = new CommandLine(front);
    wanted(args).forEach(verb -> line.addSubcommand(verb.get()));
    // A file of arguments would be a second language beside HOCON.
    line.setExpandAtFiles(false);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setOut(new PrintWriter(terminal.out(), true));
    line.setErr(new PrintWriter(terminal.err(), true));
    line.setParameterExceptionHandler((wrong, given) -> refuse(wrong));
    line.setExecutionExceptionHandler((thrown, at, parsed) -> failed(thrown));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError full) {
      say("out of memory; give more with SHOOTDOWN_JAVA_OPTS=-Xmx...", full);
      return ExitCode.ENVIRONMENT;
    } catch (StackOverflowError | LinkageError broken) {
      say("internal failure: " + broken, broken);
      return ExitCode.INTERNAL;
    }
  }

  /** All verbs, in the order of the help. */
  private Map<String, Supplier<Object>> verbs() {
    Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
    verbs.put("run", () -> new RunCommand(terminal));
    verbs.put("sweep", () -> new SweepCommand(terminal));
    verbs.put("audit", () -> new AuditCommand(terminal));
    verbs.put("museum", () -> new MuseumCommand(terminal));
    verbs.put("list", () -> new ListCommand(terminal));
    verbs.put("explain", () -> new ExplainCommand(terminal));
    verbs.put("report", () -> new ReportCommand(terminal));
    verbs.put("diff", () -> new DiffCommand(terminal));
    verbs.put("replay", () -> new ReplayCommand(terminal));
    verbs.put("validate", () -> new ValidateCommand(terminal));
    verbs.put("node", () -> new NodeCommand(terminal));
    verbs.put("bench", () -> new BenchCommand(terminal));
    return verbs;
  }

  /** Only the verb that is named, if one is: to read all options takes a sixth of a second. */
  private Collection<Supplier<Object>> wanted(String[] args) {
    Map<String, Supplier<Object>> verbs = verbs();
    return Arrays.stream(args)
        .filter(arg -> !arg.startsWith("-"))
        .findFirst()
        .map(verbs::get)
        .<Collection<Supplier<Object>>>map(List::of)
        .orElse(verbs.values());
  }

  private int refuse(ParameterException wrong) {
    String verb = wrong.getCommandLine().getCommandSpec().qualifiedName();
    StringBuilder message = new StringBuilder(wrong.getMessage());
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        message.append("; did you mean ").append(String.join(" or ", near)).append('?');
      }
    }
    message.append(" (see ./").append(verb).append(" --help)");
    say(message.toString(), wrong);
    return ExitCode.USAGE;
  }

  private int failed(Throwable thrown) {
    if (thrown instanceof CliProblem problem) {
      say(problem.getMessage(), problem.getCause() == null ? problem : problem.getCause());
      return problem.exitCode();
    }
    if (thrown instanceof ConfigProblems problems) {
      terminal.err().println(problems.getMessage());
      trace(problems);
      return problems.areAllNotModelled() ? ExitCode.NOT_MODELLED : ExitCode.USAGE;
    }
    if (thrown instanceof ResultProblem
        || thrown instanceof IOException
        || thrown instanceof UncheckedIOException) {
      say(thrown.getMessage(), thrown);
      return ExitCode.ENVIRONMENT;
    }
    String hint = front.isDebug() ? "" : " (--debug shows where)";
    say("internal failure: " + thrown + hint, thrown);
    return ExitCode.INTERNAL;
  }

  private void say(String message, Throwable thrown) {
    terminal.err().println("shootdown: " + message);
    trace(thrown);
  }

  private void trace(Throwable thrown) {
    if (front.isDebug()) {
      thrown.printStackTrace(terminal.err());
    }
  }
}

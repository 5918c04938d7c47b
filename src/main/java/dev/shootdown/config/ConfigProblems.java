package dev.shootdown.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration was refused; the message has one line per problem. */
public final class ConfigProblems extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Refuses for these reasons; the message has a line for each, in this order. */
  public ConfigProblems(List<Problem> problems) {
    super(problems.stream().map(Problem::line).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All problems, in the order of {@link Problems#list()}. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * Whether all that stands in the way is what the model lacks. Where the text is wrong as well,
   * its author has to mend it first.
   */
  public boolean areAllNotModelled() {
    return !problems.isEmpty()
        && problems.stream().allMatch(each -> each.kind() == Problem.Kind.NOT_MODELLED);
  }
}

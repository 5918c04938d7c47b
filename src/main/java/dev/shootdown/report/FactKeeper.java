package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Keeps every fact of a run for {@code trace.*}. Needs memory for all of them. */
public final class FactKeeper implements Observer {
  /**
   * A fact as it was seen.
   *
   * @param atPs virtual time in ps
   */
  public record Kept(long atPs, String component, Fact fact) {}

  private final Set<TraceForm> forms;
  private final List<Kept> facts = new ArrayList<>();

  /** For {@code trace.csv}. */
  public FactKeeper() {
    this(EnumSet.of(TraceForm.csv));
  }

  /** For these forms. */
  public FactKeeper(Set<TraceForm> forms) {
    this.forms = EnumSet.noneOf(TraceForm.class);
    this.forms.addAll(forms);
  }

  @Override
  public void seen(long atPs, String component, Fact fact) {
    facts.add(new Kept(atPs, component, fact));
  }

  /** In the order in which they were seen; a view. */
  public List<Kept> facts() {
    return Collections.unmodifiableList(facts);
  }

  /** How they are to be written, in the order of the forms. */
  public Set<TraceForm> forms() {
    return Collections.unmodifiableSet(forms);
  }
}

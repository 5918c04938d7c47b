package dev.shootdown.report;

import dev.shootdown.engine.Fact;
import dev.shootdown.engine.Observer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps every fact of a run for {@code trace.csv}. Needs memory for all of them. */
public final class FactKeeper implements Observer {
  /**
   * A fact as it was seen.
   *
   * @param atPs virtual time in ps
   */
  public record Kept(long atPs, String component, Fact fact) {}

  private final List<Kept> facts = new ArrayList<>();

  @Override
  public void seen(long atPs, String component, Fact fact) {
    facts.add(new Kept(atPs, component, fact));
  }

  /** In the order in which they were seen; a view. */
  public List<Kept> facts() {
    return Collections.unmodifiableList(facts);
  }
}

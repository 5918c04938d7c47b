package dev.shootdown.kernel.mm;

import dev.shootdown.kernel.mm.PathStep.Primitive;
import dev.shootdown.kernel.notifier.Architecture;
import dev.shootdown.kernel.notifier.Era;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A kernel path as data: what a system call or the reverse map does to a range, step by step.
 *
 * @param name the name that scenarios use, such as {@code munmap}
 * @param title one line for a person
 * @param site the call site's number, such as {@code C1}
 * @param steps all steps of all eras, architectures and variants
 */
public record Path(String name, String title, String site, List<PathStep> steps) {
  /** The plain site. */
  public static final String PLAIN = "-";

  /** The steps that the plain site has on x86 in {@code era}. */
  public List<PathStep> in(Era era) {
    return in(era, Architecture.X86);
  }

  /** The steps that the plain site has in such a kernel. */
  public List<PathStep> in(Era era, Architecture architecture) {
    return in(era, architecture, PLAIN);
  }

  /** The steps that a variant of the site has, such as {@code h}; none in an era without it. */
  public List<PathStep> in(Era era, Architecture architecture, String variant) {
    if (!eras(variant).contains(era)) {
      return List.of();
    }
    return steps.stream().filter(step -> step.when().holds(era, architecture, variant)).toList();
  }

  /**
   * With the order of architectures that flush areas one by one, before the bracket ends, on all of
   * them: so do x86 and Power with an area of page-frame numbers (VM_PFNMAP, tlb_end_vma).
   */
  public Path flushedByArea() {
    return new Path(
        name, title, site,
        steps.stream()
            .filter(s -> s.when().architectures().contains(Architecture.ARM64))
            .map(s -> new PathStep(s.when().everywhere(), s.primitive(), s.words()))
            .toList());
  }

  /** The variants that have steps of their own, the plain site first. */
  public Set<String> variants() {
    return When.variants(steps);
  }

  /** The plain site alone, under the same name. */
  public Path plain() {
    return new Path(name, title, site, variant(PLAIN).steps());
  }

  /** The eras that a variant belongs to: those of the steps that name it alone. */
  private Set<Era> eras(String variant) {
    Set<Era> eras = EnumSet.noneOf(Era.class);
    steps.stream().filter(step -> step.when().variant().equals(variant))
        .forEach(step -> eras.addAll(step.when().eras()));
    return variant.equals(PLAIN) || eras.isEmpty() ? EnumSet.allOf(Era.class) : eras;
  }

  /** A path that is this one's variant: only its steps, under the name {@code munmap+h}. */
  public Path variant(String variant) {
    Set<Era> eras = eras(variant);
    return new Path(
        name + "+" + variant, title, site + variant,
        steps.stream()
            .filter(s -> s.when().variant().isEmpty() || s.when().variant().contains(variant))
            .filter(s -> s.when().eras().stream().anyMatch(eras::contains))
            .map(s -> new PathStep(s.when().within(eras), s.primitive(), s.words()))
            .toList());
  }

  /** Whether it needs to know where to move to, or what to merge with. */
  public boolean needsTarget() {
    return steps.stream().anyMatch(
        step -> step.primitive() == Primitive.PTE_MOVE
            || step.primitive() == Primitive.PMD_MOVE
            || step.primitive() == Primitive.AREAS_MOVE
            || (step.primitive() == Primitive.PTE_LOOK && step.has("to")));
  }

  /** Whether it needs an address space to copy to. */
  public boolean needsChild() {
    return uses(Primitive.FORK_COPY);
  }

  /** Whether it takes the lock of a reverse map: a file's, or an anonymous one. */
  public boolean needsReverseMap() {
    return uses(Primitive.RMAP_LOCK);
  }

  /** Whether it meets other programs, so that there has to be a rendezvous. */
  public boolean meets() {
    return uses(Primitive.SIGNAL) || uses(Primitive.WAIT) || uses(Primitive.BARRIER);
  }

  private boolean uses(Primitive primitive) {
    return steps.stream().anyMatch(step -> step.primitive() == primitive);
  }
}

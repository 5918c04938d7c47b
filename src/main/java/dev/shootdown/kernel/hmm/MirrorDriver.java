package dev.shootdown.kernel.hmm;

/** Whose mirror it is: when it has notifiers, and what they do. */
public sealed interface MirrorDriver {
  /**
   * One notifier for all that is mirrored, from the beginning.
   *
   * @param waitsForJobs whether the GPU lets running jobs end before it forgets, so that a start
   *     callback may take as long as a job (amdgpu's user pointers)
   */
  record Area(boolean waitsForJobs) implements MirrorDriver {}

  /**
   * mlx5's memory regions on demand. A start callback that may not sleep is refused.
   *
   * @param childPages pages of each child of an implicit registration, which has a notifier from
   *     the first fault in it until its last page is taken away; 0 for an explicit one, which has
   *     one notifier from the beginning
   * @param childPs making a child, in ps
   */
  record OnDemand(long childPages, long childPs) implements MirrorDriver {}

  /**
   * nouveau's shared virtual memory (Linux 6.12, nouveau_svm.c): a notifier for a fault's page as
   * long as the fault lasts, which does nothing but count; and a plain one for the process, which
   * takes pages away and refuses whatever may not sleep.
   *
   * @param plainFirst whether the plain one is called before that of the fault. It isn't; the
   *     driver says that it depends on that
   * @param replayPs making the GPU replay, in ps
   */
  record Nouveau(boolean plainFirst, long replayPs) implements MirrorDriver {}
}

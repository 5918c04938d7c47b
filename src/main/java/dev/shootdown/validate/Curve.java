package dev.shootdown.validate;

/** A calibration item: what was published, and how the model is made to predict it. */
interface Curve {
  /** Its number, such as {@code C1}. */
  String item();

  /** One line about it. */
  String title();

  /** How many runs it takes. */
  int runs();

  /** Runs the model at every point. */
  Outcome on(Workbench bench);
}

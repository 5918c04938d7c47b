package dev.shootdown.emulator;

/** What the emulator can wait for, under its lock. */
enum Answer {
  /** The end of its own work. */
  WORK,
  /** What stands in guest memory. */
  MEMORY,
  /** The result of an ioctl. */
  IOCTL,
  /** A backend's message. */
  MESSAGE,
  /** The return of a call. */
  CALL
}

package dev.shootdown.kernel.kvm;

/** A thread of the kernel in KVM's code: it waits for one thing at a time, and then goes on. */
interface Job {
  /** What it waited for has come. */
  void goOn();
}

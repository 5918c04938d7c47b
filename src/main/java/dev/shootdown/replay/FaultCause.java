package dev.shootdown.replay;

/**
 * A page fault.
 *
 * @param address the byte that was touched
 * @param instructionPointer the instruction that touched it
 * @param errorCode x86 bits: 0 entry was present, 1 write, 2 user mode, 4 instruction fetch
 */
public record FaultCause(
    long atPs, int cpu, int tid, long address, long instructionPointer, int errorCode)
    implements Cause {
  private static final int PRESENT = 0x1;
  private static final int WRITE = 0x2;
  private static final int INSTRUCTION = 0x10;

  /** Whether no entry was there; otherwise its permissions were too weak, as in a COW break. */
  public boolean missing() {
    return (errorCode & PRESENT) == 0;
  }

  /** Whether it was a write. */
  public boolean write() {
    return (errorCode & WRITE) != 0;
  }

  /** Whether code was fetched. */
  public boolean instruction() {
    return (errorCode & INSTRUCTION) != 0;
  }
}

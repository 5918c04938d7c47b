package dev.shootdown.interconnect;

/** Which messages may overtake which on one wire. */
public enum WireOrder {
  /** None: each arrives no earlier than the one sent before it. */
  FIFO,
  /** As PCIe has it, see {@link PcieClass}. */
  PCIE,
  /** All: each takes its own time. */
  NONE
}

package dev.shootdown.hardware.cpu;

import dev.shootdown.protocol.FlushHandler;
import dev.shootdown.protocol.Program;

/**
 * A CPU's place in the machine.
 *
 * @param number its number among the CPUs, its walker's number at each page table, ≥ 0
 * @param program the software that it runs
 * @param flushHandler what that software does on a flush
 */
public record CpuLayout(int number, Program program, FlushHandler flushHandler) {}

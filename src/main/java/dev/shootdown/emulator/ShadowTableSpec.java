package dev.shootdown.emulator;

/**
 * A shadow of the guest's I/O page table in the emulator itself.
 *
 * @param eventPs fixed part of an event, in ps
 * @param pagePs per page that an event changes, in ps
 * @param transferPs how long a transfer of the device behind it goes on, in ps
 */
public record ShadowTableSpec(long eventPs, long pagePs, long transferPs) {}

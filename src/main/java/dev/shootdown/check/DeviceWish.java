package dev.shootdown.check;

/**
 * Work that a device was given, and which it ends unless it fails.
 *
 * @param mm address space, as its facts name it
 * @param page page number there
 * @param count how many accesses, ≥ 1
 */
public record DeviceWish(String device, int mm, long page, long count) {}

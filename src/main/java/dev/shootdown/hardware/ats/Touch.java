package dev.shootdown.hardware.ats;

/** A transfer that wants to happen: what it needs a translation for. */
record Touch(int pasid, long page, boolean write, int sizeBytes) {}

package dev.shootdown.kernel.hmm;

/**
 * A gntdev map of a Xen domain.
 *
 * @param hypercallPs entering the hypervisor and coming back, in ps
 * @param unmapPs unmapping one page there, in ps
 */
public record GrantMapSpec(long hypercallPs, long unmapPs) {}

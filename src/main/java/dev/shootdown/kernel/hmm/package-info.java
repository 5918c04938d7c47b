/** The software that changes mappings: HMM mirrors and grant maps, which hear of brackets. */
package dev.shootdown.kernel.hmm;

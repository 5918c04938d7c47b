/** What the machine can be asked for by the hundred: every call site under every policy. */
package dev.shootdown.audit;

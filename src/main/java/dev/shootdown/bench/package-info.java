/** How fast we are, beside a bare loop. */
package dev.shootdown.bench;

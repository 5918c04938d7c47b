/** What the parts say to each other: one file per protocol, two roles each, nothing else. */
package dev.shootdown.protocol;

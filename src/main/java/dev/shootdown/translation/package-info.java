/** Page tables and the copies that go stale. Plain objects: no clock, no actor. */
package dev.shootdown.translation;

/**
 * From text to checked records: units, origins, all errors at once.
 *
 * <p>The way through: {@link dev.shootdown.config.ConfigFiles} reads and layers the files,
 * {@link dev.shootdown.config.Settings} reads typed values out of the result (or binds a whole
 * record), and {@link dev.shootdown.config.Problems} gathers what is wrong, so that a user sees
 * every mistake of a scenario in one go, each with {@code file:line} and what would be right.
 */
package dev.shootdown.config;

/**
 * The front door.
 *
 * <p>{@link dev.shootdown.cli.Main} reads the command line, a {@code ...Command} holds a verb's
 * options, and what does the work is loaded only when the verb is known: {@code --help} answers
 * without Pekko and without reading a configuration. Data goes to standard output, talk and
 * progress to standard error; every refusal is one message and an exit code of {@link
 * dev.shootdown.cli.ExitCode}.
 */
package dev.shootdown.cli;

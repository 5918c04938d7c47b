package dev.shootdown.report;

import java.util.List;
import java.util.SortedMap;

/**
 * What differs between two equal runs: goes into {@code manifest.json} and nowhere else.
 *
 * @param commandLine the arguments as given
 * @param versions of program, commit, JVM, libraries, by name
 * @param host what is to be told of the machine that ran it, by name
 * @param wallTimes when and how long, as text, by name
 * @param hashes of what went in, such as the configuration, by name
 * @param exitCode what the process will end with
 */
public record Circumstances(
    List<String> commandLine,
    SortedMap<String, String> versions,
    SortedMap<String, String> host,
    SortedMap<String, String> wallTimes,
    SortedMap<String, String> hashes,
    int exitCode) {}

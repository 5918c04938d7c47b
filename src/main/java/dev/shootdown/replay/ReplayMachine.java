package dev.shootdown.replay;

import com.typesafe.config.ConfigObject;
import dev.shootdown.config.ConfigFiles;
import dev.shootdown.config.Problems;
import dev.shootdown.scenario.Scenario;
import dev.shootdown.scenario.Scenarios;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Machines as a replay needs them: without work of their own, which the trace brings. A name is a
 * profile that ships, or a file of scenarios/machines.
 */
public final class ReplayMachine {
  private static final List<String> EMPTIED =
      List.of("processes=[{name=app,areas=[]}]", "workload=[]", "dma=[]");
  private static final String MACHINES = "scenarios/machines";

  private final List<Path> homes;

  /**
   * Machines below these directories.
   *
   * @param homes directories that may have a scenarios/machines; the first that has the name wins
   */
  public ReplayMachine(List<Path> homes) {
    this.homes = List.copyOf(homes);
  }

  /**
   * A profile that ships.
   *
   * @param overrides {@code path=value}
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public static Scenario profile(String name, List<String> overrides) {
    return new ReplayMachine(List.of()).of(name, overrides);
  }

  /**
   * A machine.
   *
   * @param overrides {@code path=value}
   * @throws IllegalArgumentException if nobody knows the name
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public Scenario of(String name, List<String> overrides) {
    Problems problems = new Problems();
    List<String> all = new ArrayList<>(overrides);
    all.addAll(EMPTIED);
    ConfigObject config = config(name, all, problems);
    problems.throwIfAny();
    Scenario scenario = Scenarios.of(config, Optional.empty(), problems);
    problems.throwIfAny();
    return scenario;
  }

  /**
   * The machine that {@code whatIf} asks for.
   *
   * @param name the machine if it names none
   * @param settings overrides for all machines; those of {@code whatIf} stand above them
   * @throws IllegalArgumentException if it cannot be had, saying why
   * @throws dev.shootdown.config.ConfigProblems with every problem at once
   */
  public Scenario of(String name, List<String> settings, WhatIf whatIf) {
    String machine = whatIf.machine().orElse(name);
    List<String> overrides = new ArrayList<>(settings);
    overrides.addAll(whatIf.overrides());
    if (whatIf.consumer().isPresent()) {
      Optional<Consumers.Consumer> consumer = Consumers.named(whatIf.consumer().get());
      if (consumer.isPresent()) {
        Problems problems = new Problems();
        ConfigObject base = config(machine, overrides, problems);
        problems.throwIfAny();
        List<String> all = new ArrayList<>(settings);
        all.addAll(consumer.get().overrides(base, machine));
        all.addAll(whatIf.overrides());
        overrides = all;
      } else if (whatIf.machine().isPresent()) {
        throw new IllegalArgumentException("--what-if '" + whatIf.label() + "': '"
            + whatIf.consumer().get() + "' is none of the consumers " + Consumers.NAMES
            + ", and a machine is named already");
      } else {
        machine = whatIf.consumer().get();
      }
    }
    Scenario scenario = of(machine, overrides);
    boolean has = scenario.machine().devices().stream().anyMatch(device -> device.iommu() >= 0);
    if (whatIf.needsDevice() && !has) {
      throw new IllegalArgumentException("--what-if '" + whatIf.label() + "' is a rule of IOMMUs'"
          + " drivers, and " + machine + " has no device behind one; add consumer=, one of "
          + Consumers.NAMES);
    }
    return scenario;
  }

  private ConfigObject config(String name, List<String> overrides, Problems problems) {
    String resource = "profiles/" + name + ".conf";
    if (ReplayMachine.class.getClassLoader().getResource(resource) != null) {
      return ConfigFiles.profile(resource, overrides, problems);
    }
    for (Path home : homes) {
      Path shipped = home.resolve(MACHINES).resolve(name + ".conf");
      for (Path file : List.of(shipped, home.resolve(name))) {
        if (Files.isRegularFile(file)) {
          return ConfigFiles.load(file, Optional.empty(), overrides, home, problems);
        }
      }
    }
    throw new IllegalArgumentException("there is no machine '" + name + "': no profile that ships,"
        + " no file, and none of " + MACHINES + ": " + names());
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (Path home : homes) {
      Path directory = home.resolve(MACHINES);
      if (names.isEmpty() && Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          files.map(file -> file.getFileName().toString())
              .filter(file -> file.endsWith(".conf"))
              .map(file -> file.substring(0, file.length() - ".conf".length()))
              .sorted()
              .forEach(names::add);
        } catch (IOException unreadable) {
          throw new UncheckedIOException(unreadable);
        }
      }
    }
    return names;
  }
}

package dev.shootdown.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.config.Problem;
import dev.shootdown.config.Settings;
import dev.shootdown.engine.Ctx;
import dev.shootdown.engine.Port;
import dev.shootdown.engine.SystemPool;
import dev.shootdown.hardware.ats.AtsDeviceLayout;
import dev.shootdown.hardware.ats.DmaJob;
import dev.shootdown.protocol.Ats;
import dev.shootdown.protocol.Dma;
import dev.shootdown.trace.MachineFact;
import java.nio.file.Path;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A user's class joins a machine, and is told where it is wrong. */
class OwnPartTest {
  private static final String SCENARIO =
      """
      include classpath("profiles/two-socket-ats.conf")
      machine.parts = ${machine.parts} [
        { name = mine, type = own, iommu = iommu0, %s }
      ]
      processes = [ { name = app, devices = [mine], areas = [
        { name = a, at = "0x7f0000000000", pages = 4 } ] } ]
      workload = [ { cpu = cpu0, process = app, do = ["spin 10us", "munmap a"] } ]
      dma = [ { device = mine, process = app, area = a, access = read, at = 1us } ]
      """;

  @TempDir Path folder;

  /** Leaves translation to its IOMMU, and does with the answer what its key says. */
  public static class Leaving implements OwnPart<Object> {
    /** What it does when its data has moved. */
    public enum Habit { QUIET, THROWS, BREACHES }

    private Habit habit;

    @Override
    public Place place() {
      return Place.DMA_DEVICE;
    }

    @Override
    public void read(Settings spec) {
      habit = spec.choiceOr("habit", Habit.class, Habit.QUIET);
    }

    @Override
    public Object iommuSaid(Ats.ToDevice message) {
      return message;
    }

    @Override
    public Object memoryAnswered(Dma.ToDevice message) {
      return message;
    }

    @Override
    public Behavior<Object> create(AtsDeviceLayout layout, List<DmaJob> jobs, Ctx<Object> ctx) {
      Port<Ats.ToIommu> iommu = ctx.port("iommu", Ats.ToIommu.class);
      jobs.forEach(job -> ctx.after(job.atPs(), job));
      return Behaviors.receive(Object.class)
          .onMessage(DmaJob.class, job -> {
            ctx.send(iommu, new Ats.UntranslatedDma(
                layout.numberAtIommu(), 5, job.pasid(), job.page(), false, 64));
            return Behaviors.same();
          })
          .onMessage(Ats.UntranslatedDone.class, done -> {
            if (habit == Habit.THROWS) {
              throw new IllegalStateException("lost my way");
            } else if (habit == Habit.BREACHES) {
              ctx.mark(new MachineFact.ProtocolBreach("an answer that I don't like"));
            }
            return Behaviors.same();
          })
          .build();
    }
  }

  /** Has no constructor that anybody could call. */
  public static final class NeedsAnArgument extends Leaving {
    /** A part with a name. */
    public NeedsAnArgument(String name) {
      assertThat(name).isNotEmpty();
    }
  }

  /** Can't be made. */
  public static final class Failing extends Leaving {
    /** Never returns. */
    public Failing() {
      throw new IllegalStateException("no table");
    }
  }

  /** Takes more than a device can. */
  public static final class Greedy extends Leaving {
    @Override
    public int invalidateQueueDepth() {
      return 33;
    }
  }

  /** Trips over its keys. */
  public static final class Stumbling extends Leaving {
    @Override
    public void read(Settings spec) {
      throw new IllegalStateException("no such thing");
    }
  }

  private static String own(String name, String more) {
    return String.format(
        SCENARIO, "class = \"dev.shootdown.scenario.OwnPartTest$" + name + "\", " + more);
  }

  private static ScenarioResult run(Path folder, String habit) {
    Path file = Scene.write(folder, own("Leaving", "spec { habit = " + habit + " }"));
    try (SystemPool pool = new SystemPool()) {
      return Scene.run(pool, Scene.load(file).get(0).scenario(), 1, true);
    }
  }

  @Test
  void shouldMoveDataWhenAPartJoinsByItsClass() {
    ScenarioResult result = run(folder, "quiet");

    assertThat(Scene.verdict(result)).isEqualTo("clean");
    assertThat(result.trace())
        .anyMatch(line -> line.fact() instanceof MachineFact.Used used && used.transfer() >= 0);
    assertThat(result.machineJson()).contains("\"mine\",\"type\":\"own\"");
  }

  @Test
  void shouldNameThePartWhenItThrows() {
    assertThat(Scene.verdict(run(folder, "throws")))
        .contains("mine").contains("lost my way").contains("UntranslatedDone");
  }

  @Test
  void shouldSayProtocolBreachWhenThePartStatesOne() {
    assertThat(Scene.verdict(run(folder, "breaches"))).isEqualTo("protocol-breach");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '#', value = {
      "Absent || class | there is no class | SHOOTDOWN_CLASSPATH",
      "NeedsAnArgument || class | can't be made | a public constructor without parameters",
      "Failing || class | its constructor failed | no table",
      "Greedy || class | takes 33 invalidations | 1 to 32",
      "Stumbling || class | failed to read its keys | no such thing",
      "Leaving | spec { habitt = quiet } | spec.habitt | unknown key | did you mean 'habit'?",
      "Leaving | spec { habit = loud } | spec.habit | must be one of | quiet, throws, breaches",
      "Leaving | habit = quiet | habit | unknown key | unknown"
  })
  void shouldRefuseAPartWithItsPlaceWhenItIsWrong(
      String name, String more, String key, String said, String right) {
    List<Problem> problems = Scene.problems(folder, own(name, more == null ? "" : more));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).line())
        .startsWith("bad.conf:3: ").contains(key).contains(said).contains(right);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '#', value = {
      "class = \"java.lang.Object\" | it must implement dev.shootdown.scenario.OwnPart",
      "class = \"not a class\" | there is no class 'not a class'",
      "spec { habit = quiet } | class"
  })
  void shouldSayWhatAClassMustBeWhenItIsNoPart(String keys, String said) {
    List<Problem> problems = Scene.problems(folder, String.format(SCENARIO, keys));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).line()).startsWith("bad.conf:3: ").contains(said);
  }
}

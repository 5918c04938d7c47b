package dev.shootdown.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class DeployTest {
  private static final Path DEPLOY = Path.of("deploy");
  private static final String PROGRAM = "dev.shootdown.cli.Main";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compose.yaml", "kubernetes/service.yaml", "kubernetes/workers.yaml",
        "kubernetes/run.yaml"
      })
  void shouldBeWellFormedWhenAFileIsYaml(String name) throws IOException {
    List<String> lines = Files.readAllLines(DEPLOY.resolve(name));

    assertThat(lines).noneMatch(line -> line.contains("\t") || line.endsWith(" "));
    assertThat(Yaml.documents(name, lines)).isNotEmpty().allMatch(each -> each instanceof Map);
  }

  private static KubernetesFields fields() throws IOException {
    return new KubernetesFields(
        Files.readAllLines(Path.of("src/test/resources/deploy/kubernetes-fields.txt")));
  }

  @ParameterizedTest
  @CsvSource({
    "service.yaml, 1, Service", "workers.yaml, 1, StatefulSet", "run.yaml, 2, PersistentVolumeClaim"
  })
  void shouldHaveFieldsOfTheApiWhenAFileIsForKubernetes(String name, int count, String last)
      throws IOException {
    List<Object> objects =
        Yaml.documents(name, Files.readAllLines(DEPLOY.resolve("kubernetes").resolve(name)));

    assertThat(objects).hasSize(count);
    assertThat(((Map<?, ?>) objects.get(count - 1)).get("kind")).isEqualTo(last);
    for (Object each : objects) {
      assertThat(fields().problems(each)).as(name).isEmpty();
    }
  }

  /** A check that accepts everything would be none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 2 | replicas: \"2\" | StatefulSet.spec.replicas is 2, not a number",
        "serviceName: shootdown | servicename: shootdown | has no field servicename",
        "serviceName: shootdown | servicename: shootdown | lacks serviceName",
        "apiVersion: apps/v1 | apiVersion: v1 | StatefulSet.apiVersion is v1, not apps/v1",
        "podManagementPolicy: Parallel | podManagementPolicy: parallel | not OrderedReady",
        "- \"25520\" | - 25520 | args[6] is 25520, not a text",
        "containerPort: 25520 | hostPort: 25520 | ports[0] lacks containerPort",
        "runAsNonRoot: true | runAsNonRoot: yes | runAsNonRoot is yes, not true or false",
        "kind: StatefulSet | kind: StatefulSets | kind StatefulSets is not known"
      })
  void shouldSayWhatIsWrongWhenAFieldIsNotOfTheApi(String right, String wrong, String said)
      throws IOException {
    String text = Files.readString(DEPLOY.resolve("kubernetes/workers.yaml"));
    assertThat(text).contains(right);
    List<String> lines = text.replace(right, wrong).lines().toList();

    assertThat(fields().problems(Yaml.documents("changed", lines).get(0)))
        .anySatisfy(problem -> assertThat(problem).contains(said));
  }

  @Test
  void shouldNameTheSameThingsWhenKubernetesFilesBelongTogether() throws IOException {
    String service = Files.readString(DEPLOY.resolve("kubernetes/service.yaml"));
    String workers = Files.readString(DEPLOY.resolve("kubernetes/workers.yaml"));
    String run = Files.readString(DEPLOY.resolve("kubernetes/run.yaml"));

    assertThat(service).contains("clusterIP: None", "publishNotReadyAddresses: true",
        "name: shootdown\n");
    assertThat(run).contains("hostname: coordinator\n", "subdomain: shootdown\n",
        "- coordinator.shootdown\n", "kind: Job\n", "secretName: shootdown-tls\n");
    assertThat(workers).contains("serviceName: shootdown\n", "- coordinator.shootdown:25520\n",
        "kind: StatefulSet\n", "secretName: shootdown-tls\n", "livenessProbe:");
    for (String manifest : List.of(workers, run)) {
      assertThat(manifest)
          .contains("runAsNonRoot: true", "readOnlyRootFilesystem: true", "limits:", "memory: 2Gi")
          .doesNotContain("--insecure");
    }
    int replicas = Integer.parseInt(workers.replaceAll("(?s).*replicas: (\\d+).*", "$1"));
    assertThat(run).contains("- --nodes\n            - \"" + (replicas + 1) + "\"");
  }

  @Test
  void shouldNotRunAsRootWhenInAContainer() throws IOException {
    List<String> lines = Files.readAllLines(DEPLOY.resolve("Dockerfile"));

    assertThat(lines.stream().filter(line -> line.startsWith("FROM "))).hasSize(2);
    // Nobody can write below /opt after that: the archive is made before.
    assertThat(lines)
        .containsSubsequence(
            "RUN bash ./shootdown --version && test -s target/cds/*.jsa", "USER 10001:10001");
    assertThat(lines).contains("ENTRYPOINT [\"bash\", \"/opt/shootdown/shootdown\"]");
    List<String> ignored = Files.readAllLines(DEPLOY.resolve("Dockerfile.dockerignore"));
    // Each path that a stage takes from here is here, and is sent to the builder.
    for (String line : lines) {
      if (line.startsWith("COPY ") && !line.contains("--from=")) {
        List<String> words = List.of(line.split(" "));
        for (String path : words.subList(1, words.size() - 1)) {
          assertThat(Path.of(path)).exists();
          assertThat(ignored).contains("!" + path);
        }
      }
    }
  }

  /** A heap that leaves no room for the rest of a process is found by whoever kills it. */
  @Test
  void shouldLeaveRoomBesideTheHeapWhenMemoryIsLimited() throws IOException {
    String image = Files.readString(DEPLOY.resolve("Dockerfile"));
    assertThat(number(image, "-XX:MaxRAMPercentage=(\\d+)")).isBetween(50, 80);

    String unit = Files.readString(DEPLOY.resolve("shootdown-node.service"));
    assertThat(number(unit, "-Xmx(\\d+)g\\n") * 100 / number(unit, "MemoryMax=(\\d+)G\\n"))
        .isBetween(50, 80);
    for (String name : List.of("compose.yaml", "kubernetes/run.yaml", "kubernetes/workers.yaml")) {
      String text = Files.readString(DEPLOY.resolve(name));
      assertThat(number(text, "(?:mem_limit|limits:\\s+cpu: \"2\"\\s+memory): (\\d)[gG]i?\\s"))
          .as(name).isGreaterThanOrEqualTo(2);
    }
  }

  private static int number(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return Integer.parseInt(found.group(1));
  }

  @Test
  void shouldRunOnThreeNodesWhenSrunIsAStandIn() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash here");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    script(bin.resolve("srun"),
        """
        [ "$1" = --kill-on-bad-exit=1 ] && shift
        rm "$SPOOLED" # other nodes never had it
        pids=()
        for i in 0 1 2; do
          SLURM_PROCID=$i SLURM_NTASKS=3 "$@" & pids+=($!)
        done
        worst=0
        for pid in "${pids[@]}"; do wait "$pid" || worst=$?; done
        exit $worst
        """);
    Path launcher =
        script(folder.resolve("launcher"),
            "exec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -cp '"
                + System.getProperty("java.class.path") + "' " + PROGRAM + " \"$@\"\n");
    Path spooled = Files.copy(DEPLOY.resolve("shootdown.sbatch"), folder.resolve("slurm_script"));
    ProcessBuilder batch =
        new ProcessBuilder(
            "/bin/bash", spooled.toString(), "scenarios/03-era-b-mremap.conf:era-b",
            "--out", folder.resolve("results").toString(), "--quiet");
    batch.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    batch.environment().put("SPOOLED", spooled.toString());
    batch.environment().put("SHOOTDOWN", launcher.toString());
    batch.environment().put("SHOOTDOWN_COORDINATOR", "127.0.0.1");
    batch.environment().put("SHOOTDOWN_HOST", "127.0.0.1");
    batch.environment().put("SHOOTDOWN_PORT", Integer.toString(freePort()));
    Process process = batch.redirectErrorStream(true).start();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    process.getInputStream().transferTo(said);

    assertThat(process.waitFor()).as(said.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("stale-use  03-era-b-mremap-era-b-", "(met)", " works for 127.0.0.1:");
  }

  @Test
  void shouldBeAcceptedBySystemdWhenItIsThere() throws Exception {
    Path verifier = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(verifier), "no systemd-analyze here");
    Process process =
        new ProcessBuilder(
            verifier.toString(), "verify", DEPLOY.resolve("shootdown-node.service").toString())
            .redirectErrorStream(true)
            .start();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    process.getInputStream().transferTo(said);

    assertThat(process.waitFor()).as(said.toString(StandardCharsets.UTF_8)).isZero();
  }

  @Test
  void shouldStartTheVerbThatItIsForWhenItIsAUnit() throws IOException {
    String unit = Files.readString(DEPLOY.resolve("shootdown-node.service"));

    assertThat(unit).contains("[Unit]\n", "[Service]\n", "[Install]\n", " node --join ",
        "DynamicUser=yes", "--tls ", "SuccessExitStatus=143\n", "RestartPreventExitStatus=2\n");
  }

  /** One that systems don't give away by themselves, so that it is still free in some seconds. */
  private static int freePort() {
    for (int port = 21_000 + (int) (ProcessHandle.current().pid() % 5_000); ; port++) {
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        assertThat(port).as("a free port").isLessThan(30_000);
      }
    }
  }

  private static Path script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}

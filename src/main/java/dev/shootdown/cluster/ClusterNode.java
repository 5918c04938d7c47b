package dev.shootdown.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.Leave;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import org.slf4j.LoggerFactory;

/** This process as a member of a Pekko cluster: an actor system with one door. */
final class ClusterNode implements AutoCloseable {
  private static final String SYSTEM = "shootdown";
  private static final int CLOSING_SECONDS = 10;
  private static final int LEAVING_SECONDS = 5;
  private static final Pattern DOOR =
      Pattern.compile("pekko://" + SYSTEM + "@([^@/\\s]+:\\d{1,5})/(?:user|system/.*)");

  private final ActorSystem<Door.Command> system;
  private final Mail mail = new Mail();
  private final FrameLines lines;
  private final Address address;

  /**
   * Starts it; it is a member of nothing yet.
   *
   * @throws ClusterProblem if the port is taken, or the settings can't be
   */
  ClusterNode(NodeSettings settings) {
    settings.check();
    // Before Pekko's threads do it: then nothing that they log has to be replayed.
    LoggerFactory.getILoggerFactory();
    Optional<SSLContext> tls = settings.tls().map(TlsFiles::context);
    lines =
        new FrameLines(
            settings.listening().host(), settings.framesPort(), new LineSockets(tls), mail::put);
    if (settings.framesPort() != 0) {
      listenForFrames(settings);
    }
    try {
      system =
          ActorSystem.create(Door.create(mail, lines, settings), SYSTEM, setup(settings, tls));
    } catch (RuntimeException refused) {
      lines.close();
      throw ClusterProblem.usage(
          "cannot listen on " + settings.listening() + ": " + reason(refused),
          refused);
    }
    address = Cluster.get(system).selfMember().address();
  }

  private void listenForFrames(NodeSettings settings) {
    try {
      lines.listen();
    } catch (IOException taken) {
      throw ClusterProblem.usage(
          "cannot take frames at " + settings.listening().host() + ":" + settings.framesPort()
              + ": " + taken.getMessage(),
          taken);
    }
  }

  private static String reason(Throwable thrown) {
    Throwable deepest = thrown;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage();
  }

  Mail mail() {
    return mail;
  }

  FrameLines lines() {
    return lines;
  }

  /** Host and port, for people and to find a node again. */
  String label() {
    return label(address);
  }

  static String label(Address address) {
    return address.getHost().get() + ":" + address.getPort().get();
  }

  int port() {
    return (int) address.getPort().get();
  }

  /** Founds a cluster of one. */
  void found() {
    Cluster.get(system).manager().tell(Join.create(address));
  }

  /** Asks the node at {@code host} and {@code port} to be let in, until it answers. */
  void join(String host, int port) {
    Cluster.get(system).manager().tell(new JoinSeedNodes(List.of(at(host, port))));
  }

  private Address at(String host, int port) {
    return new Address(address.protocol(), SYSTEM, host, port);
  }

  /** Leaves the cluster of others without a trace; {@link #close} is still to be called. */
  void leave() {
    Cluster.get(system).manager().tell(Leave.create(address));
    awaitEnd(LEAVING_SECONDS);
  }

  /** The own door, as others write it. */
  String door() {
    return ActorRefResolver.get(system).toSerializationFormat(system);
  }

  /** The door that {@code text} means; what is sent to none is lost. */
  ActorRef<Door.Command> door(String text) {
    return ActorRefResolver.get(system).resolveActorRef(text);
  }

  /** The door of the node at {@code host} and {@code port}. */
  ActorRef<Door.Command> door(String host, int port) {
    return door(at(host, port) + "/user");
  }

  /** Starts an actor beside the door. */
  <T> ActorRef<T> hire(Behavior<T> behavior, String name) {
    return system.systemActorOf(behavior, name, Props.empty());
  }

  /** Where an actor of this node is, as others write it. */
  String place(ActorRef<?> actor) {
    return ActorRefResolver.get(system).toSerializationFormat(actor);
  }

  /** The foreman that {@code text} means. */
  ActorRef<Foreman.Command> foreman(String text) {
    return ActorRefResolver.get(system).resolveActorRef(text);
  }

  /** Takes the node with that {@link #label} out of the cluster: it won't come back as it was. */
  void down(String label) {
    int colon = label.lastIndexOf(':');
    Address gone = at(label.substring(0, colon), Integer.parseInt(label.substring(colon + 1)));
    Cluster.get(system).manager().tell(new Down(gone));
  }

  /** Whether {@code text} can be a door at all. */
  static boolean isDoor(String text) {
    return DOOR.matcher(text).matches();
  }

  /** The host and port in a door's text. */
  static String labelOf(String door) {
    Matcher parts = DOOR.matcher(door);
    return parts.matches() ? parts.group(1) : door;
  }

  private static ActorSystemSetup setup(NodeSettings settings, Optional<SSLContext> tls) {
    ActorSystemSetup setup =
        ActorSystemSetup.create(BootstrapSetup.create(config(settings)));
    if (tls.isEmpty()) {
      return setup;
    }
    TlsEngines engines = new TlsEngines(tls.get());
    return setup.withSetup(SSLEngineProviderSetup.create(classic -> engines));
  }

  private static Config config(NodeSettings settings) {
    int silentSeconds = settings.patience().silentSeconds();
    Config own =
        ConfigFactory.parseString(BASE)
            .withValue(
                "pekko.remote.artery.canonical.hostname",
                ConfigValueFactory.fromAnyRef(settings.host()))
            .withValue(
                "pekko.remote.artery.canonical.port",
                ConfigValueFactory.fromAnyRef(settings.port()))
            .withValue(
                "pekko.cluster.failure-detector.acceptable-heartbeat-pause",
                ConfigValueFactory.fromAnyRef(silentSeconds + "s"));
    if (settings.bind().isPresent()) {
      own =
          own.withValue(
                  "pekko.remote.artery.bind.hostname",
                  ConfigValueFactory.fromAnyRef(settings.bind().get().host()))
              .withValue(
                  "pekko.remote.artery.bind.port",
                  ConfigValueFactory.fromAnyRef(settings.bind().get().port()));
    }
    if (settings.tls().isPresent()) {
      own =
          own.withValue(
              "pekko.remote.artery.transport", ConfigValueFactory.fromAnyRef("tls-tcp"));
    }
    return own.withFallback(ConfigFactory.defaultReference(ClusterNode.class.getClassLoader()))
        .resolve();
  }

  /** Times are for nodes that start together: a minute's patience is elsewhere. */
  private static final String BASE =
      """
      pekko {
        loglevel = OFF
        stdout-loglevel = OFF
        loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
        logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
        daemonic = on
        log-dead-letters = off
        log-dead-letters-during-shutdown = off
        jvm-shutdown-hooks = off
        # Its first event loads all of the JVM's recorder, which nobody here starts.
        java-flight-recorder.enabled = off
        coordinated-shutdown {
          run-by-jvm-shutdown-hook = off
          run-by-actor-system-terminate = off
          terminate-actor-system = on
          exit-jvm = off
        }
        actor {
          provider = cluster
          # The receptionist is for chores only, and starts with the first.
          typed.library-extensions = []
          allow-java-serialization = off
          serializers.shootdown = "dev.shootdown.cluster.ClusterSerializer"
          serialization-bindings {
            "dev.shootdown.cluster.Speech" = shootdown
            "dev.shootdown.cluster.Frame" = shootdown
            "dev.shootdown.cluster.Again" = shootdown
            "dev.shootdown.cluster.Parcel" = shootdown
          }
          default-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
          internal-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
        }
        remote {
          default-remote-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
          artery {
            transport = tcp
            advanced {
              maximum-frame-size = 512 KiB
              inbound-lanes = 1
              outbound-message-queue-size = 16384
              outbound-restart-backoff = 200 ms
              # Other clusters, and who only knows how they begin, are strangers. Pekko's reader of
              # frames can be kept busy for ever with a length below zero, if the magic was right.
              tcp-magic = ["SHDN"]
              handshake-retry-interval = 50 ms
              # Nodes end together: whom this one flushes for may be gone. What counts was answered.
              shutdown-flush-timeout = 250 ms
            }
          }
        }
        reliable-delivery {
          # A chore may take long; this patience is for a lost confirmation only.
          work-pulling.producer-controller.internal-ask-timeout = 1 h
          # More would wait at one node while another has nothing to do. With 2, the next is never
          # asked for.
          consumer-controller.flow-control-window = 4
        }
        cluster {
          seed-node-timeout = 1 s
          retry-unsuccessful-join-after = 1 s
          shutdown-after-unsuccessful-join-seed-nodes = off
          allow-weakly-up-members = off
          periodic-tasks-initial-delay = 50 ms
          gossip-interval = 50 ms
          leader-actions-interval = 50 ms
          unreachable-nodes-reaper-interval = 250 ms
          jmx.enabled = off
          log-info = off
          # Joining compares all settings, in a time that grows with the square of their number. The
          # code's digest says the same of those that are not the cluster's own.
          configuration-compatibility-check.sensitive-config-paths.shootdown = [
            "java", "sun", "ssl-config", "shootdown", "pekko.actor", "pekko.io", "pekko.remote",
            "pekko.reliable-delivery", "pekko.stream"
          ]
          typed.receptionist {
            # Hands of a node that is out of the cluster are forgotten at once by the leader; where
            # that was the one that is out, by this.
            pruning-interval = 500 ms
            prune-removed-older-than = 5 s
            distributed-data {
              gossip-interval = 200 ms
              notify-subscribers-interval = 50 ms
            }
          }
          failure-detector { heartbeat-interval = 250 ms, expected-response-after = 500 ms }
        }
      }
      """;

  @Override
  public void close() {
    lines.close();
    system.terminate();
    awaitEnd(CLOSING_SECONDS);
  }

  private void awaitEnd(int seconds) {
    try {
      system.getWhenTerminated().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException late) {
      // Its threads are daemons: whatever still hangs on the network ends with the process.
      return;
    }
  }
}

package dev.shootdown.engine;

/**
 * All that a model sees of the world: time, its ports, itself later, its dice, and a way to say
 * what happened. Never a scheduler, a thread, a wall clock, or another model's {@code ActorRef}.
 *
 * @param <C> the model's own commands
 */
public interface Ctx<C> {
  /** This component's name, unique in the run. */
  String name();

  /** Virtual time in picoseconds. */
  long nowPs();

  /** The port {@code name}; fails the run, naming it, if the machine did not connect it. */
  <M> Port<M> port(String name, Class<M> type);

  /** The family of ports {@code name}; an empty one if the machine connected none. */
  <M> Ports<M> ports(String name, Class<M> type);

  /** Sends {@code message} down the wire behind {@code port}. */
  <M> void send(Port<M> port, M message);

  /** Hands {@code message} to this component again, {@code delayPs} ≥ 0 later. */
  void after(long delayPs, C message);

  /** This component's own dice. */
  Dice dice();

  /** States a fact: it is digested, judged, and kept if a trace was asked for. */
  void mark(Fact fact);
}

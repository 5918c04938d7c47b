package dev.shootdown.cli;

import dev.shootdown.engine.StopFlag;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Ctrl-C and a plain kill: the first one asks the run to stop, the second one ends the process.
 *
 * <p>A shutdown hook would not do: once the JVM is shutting down it takes no notice of a second
 * signal. The JDK's signal handlers are used by reflection, because they are no part of Java SE;
 * where they are missing, the first signal ends the process.
 */
final class Interrupts {
  private static final int SIGNAL_BASE = 128;

  private final StopFlag stop = new StopFlag();
  private final IntConsumer halt;
  private final boolean ofProcess;
  private volatile int exitCode;

  /**
   * Nothing was interrupted yet.
   *
   * @param halt ends the process at once, with the given exit code
   * @param ofProcess whether {@link #listen} attends to the process's signals
   */
  Interrupts(IntConsumer halt, boolean ofProcess) {
    this.halt = halt;
    this.ofProcess = ofProcess;
  }

  /** Raised by the first signal. */
  StopFlag stop() {
    return stop;
  }

  /** Whether there was a signal. */
  boolean isRaised() {
    return exitCode != 0;
  }

  /** 130 after Ctrl-C, 143 after a kill; 0 if there was no signal. */
  int exitCode() {
    return exitCode;
  }

  /** Attends to signals from now on. */
  void listen() {
    if (ofProcess) {
      handle("INT");
      handle("TERM");
    }
  }

  /** What a signal does; {@code number} as POSIX has it. */
  void onSignal(int number) {
    int code = SIGNAL_BASE + number;
    if (isRaised()) {
      halt.accept(code);
    }
    exitCode = code;
    stop.raise();
  }

  private void handle(String name) {
    InvocationHandler onHandle =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            Object signal = arguments[0];
            onSignal((Integer) signal.getClass().getMethod("getNumber").invoke(signal));
          }
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, onHandle);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException absent) {
      // Not there, or taken by the JVM (-Xrs): the signal then does what it does to any program.
      return;
    }
  }
}

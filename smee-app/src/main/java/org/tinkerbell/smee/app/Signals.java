// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What signals do: the first of SIGINT, SIGTERM and SIGHUP asks Smee to stop, the second ends the
 * process at once.
 *
 * <p>Java's shutdown hooks cannot tell a second signal, hence the virtual machine's own interface,
 * which every Java since 1.3 has, without a module to require. It is called by name, since the
 * compiler warns of it and cannot be told not to.
 */
final class Signals {
  private Signals() {}

  /**
   * Takes the signals over.
   *
   * @param stop runs at the first signal, on a thread of its own
   * @param end runs at the second
   * @return whether that was possible; if not, Java's own handling stays
   */
  static boolean handle(Runnable stop, Runnable end) {
    AtomicInteger count = new AtomicInteger();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  (count.incrementAndGet() == 1 ? stop : end).run();
                  return null;
                }
                return switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> "Smee's signal handler";
                };
              });
      for (String name : List.of("INT", "TERM", "HUP")) {
        Object each = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, each, ours);
      }
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.syslog.SyslogObserver;
import org.tinkerbell.smee.tftp.TftpObserver;

/**
 * A method that is added to an observer must not get lost on its way to the log and the metrics.
 */
class ObserversTest {

  static Stream<Arguments> observers() {
    List<Class<?>> types =
        List.of(
            BackendObserver.class,
            DhcpObserver.class,
            HttpObserver.class,
            SyslogObserver.class,
            TftpObserver.class);
    return types.stream().flatMap(ObserversTest::methods);
  }

  private static Stream<Arguments> methods(Class<?> type) {
    return Stream.of(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .map(method -> Arguments.of(type, method));
  }

  @ParameterizedTest
  @MethodSource("observers")
  void everyObserverIsToldEverything(Class<?> type, Method method) throws Exception {
    List<String> told = new ArrayList<>();
    Object all = together(type, recorder(type, "first", told), recorder(type, "second", told));
    method.invoke(all, arguments(method));
    assertThat(told).containsExactly("first " + method.getName(), "second " + method.getName());
  }

  private static Object recorder(Class<?> type, String name, List<String> told) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          told.add(name + " " + method.getName());
          return null;
        });
  }

  private static Object together(Class<?> type, Object first, Object second) {
    if (type == BackendObserver.class) {
      return BackendObservers.of((BackendObserver) first, (BackendObserver) second);
    }
    if (type == DhcpObserver.class) {
      return DhcpObservers.of((DhcpObserver) first, (DhcpObserver) second);
    }
    if (type == HttpObserver.class) {
      return HttpObservers.of((HttpObserver) first, (HttpObserver) second);
    }
    return type == SyslogObserver.class
        ? SyslogObservers.of((SyslogObserver) first, (SyslogObserver) second)
        : TftpObservers.of((TftpObserver) first, (TftpObserver) second);
  }

  private static Object[] arguments(Method method) {
    return Stream.of(method.getParameterTypes())
        .map(type -> type == int.class ? (Object) 0 : type == long.class ? 0L : null)
        .toArray();
  }
}

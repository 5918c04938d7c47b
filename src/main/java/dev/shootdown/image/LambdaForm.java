package dev.shootdown.image;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * A lambda that came up while running: which one it is, then what it captured. Only one whose
 * interface is {@link Serializable} can say which it is; nothing of it is ever serialized by Java.
 */
final class LambdaForm extends Form {
  /** Names in front of what was captured. */
  private static final int NAMES = 9;

  private final Allowed allowed;

  LambdaForm(Allowed allowed) {
    this.allowed = allowed;
  }

  @Override
  Object[] parts(Object whole) {
    SerializedLambda said = said(whole);
    Object[] parts = new Object[NAMES + said.getCapturedArgCount()];
    parts[0] = said.getCapturingClass();
    parts[1] = said.getFunctionalInterfaceClass();
    parts[2] = said.getFunctionalInterfaceMethodName();
    parts[3] = said.getFunctionalInterfaceMethodSignature();
    parts[4] = said.getImplMethodKind();
    parts[5] = said.getImplClass();
    parts[6] = said.getImplMethodName();
    parts[7] = said.getImplMethodSignature();
    parts[8] = said.getInstantiatedMethodType();
    for (int i = NAMES; i < parts.length; i++) {
      parts[i] = said.getCapturedArg(i - NAMES);
    }
    return parts;
  }

  @Override
  String label(Object whole, int index) {
    return "a lambda of " + whole.getClass().getNestHost().getSimpleName();
  }

  private static SerializedLambda said(Object lambda) {
    try {
      Method says = lambda.getClass().getDeclaredMethod("writeReplace");
      says.setAccessible(true);
      return (SerializedLambda) says.invoke(lambda);
    } catch (ReflectiveOperationException mute) {
      throw new IllegalStateException("a lambda that is Serializable and mute", mute);
    }
  }

  @Override
  boolean isFixed() {
    return true;
  }

  @Override
  Object make(Class<?> type, Object[] parts) {
    Class<?> home = allowed.named(((String) parts[0]).replace('/', '.'));
    Object[] captured = new Object[parts.length - NAMES];
    System.arraycopy(parts, NAMES, captured, 0, captured.length);
    SerializedLambda said =
        new SerializedLambda(
            home, (String) parts[1], (String) parts[2], (String) parts[3], (Integer) parts[4],
            (String) parts[5], (String) parts[6], (String) parts[7], (String) parts[8], captured);
    try {
      Method makes = home.getDeclaredMethod("$deserializeLambda$", SerializedLambda.class);
      makes.setAccessible(true);
      return makes.invoke(null, said);
    } catch (InvocationTargetException | NoSuchMethodException unknown) {
      throw new IllegalArgumentException(home.getName() + " has no such lambda", unknown);
    } catch (IllegalAccessException barred) {
      throw new IllegalStateException(home + " was made usable", barred);
    }
  }

  @Override
  void refuseNew(Object whole) {
    if (!(whole instanceof Serializable)) {
      throw new Unimaged(
          "a lambda of " + whole.getClass().getNestHost().getName()
              + " that doesn't say which one it is");
    }
  }
}

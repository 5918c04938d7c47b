package dev.shootdown.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlueprintTest {
  @Test
  void shouldRefuseASecondComponentWhenTheNameIsTaken() {
    Blueprint.Builder builder = Blueprint.builder().component("iommu", Lab.starter(ctx -> {}));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.component("iommu", Lab.starter(ctx -> {})))
        .withMessageContaining("iommu");
  }

  @Test
  void shouldRefuseAWireWhenAnEndDoesNotExist() {
    Blueprint.Builder builder = Blueprint.builder().component("iommu", Lab.starter(ctx -> {}));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Lab.inlet(builder, "iomu"))
        .withMessageContaining("iomu");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Lab.wire(builder, "device", "x", "iommu", 1))
        .withMessageContaining("device");
  }

  /** "A port leads to one place": a second wire would silently replace the first. */
  @Test
  void shouldRefuseASecondWireWhenThePortIsConnected() {
    Blueprint.Builder builder =
        Blueprint.builder()
            .component("a", Lab.starter(ctx -> {}))
            .component("b", Lab.starter(ctx -> {}));
    Lab.wire(builder, "a", "x", "b", 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Lab.wire(builder, "a", "x", "a", 1))
        .withMessageContaining("x");
  }

  /** Names follow the machine, so they may hold what an actor's name may not. */
  @Test
  void shouldRunWhenANameIsNotAnActorName() {
    List<String> seen = new ArrayList<>();
    Blueprint.Builder builder = Blueprint.builder();
    for (String name : List.of("socket 0/cpu 1", "$gpu", "κ")) {
      builder.component(
          name,
          Lab.part(ctx -> ctx.after(1, "x"), (ctx, message) -> seen.add(ctx.name())));
    }

    assertThat(Lab.run(builder.build()).failure()).isEmpty();
    assertThat(seen).containsExactlyInAnyOrder("socket 0/cpu 1", "$gpu", "κ");
  }

  @Test
  void shouldGiveMembersInOrderWhenAFamilyIsConnected() {
    List<String> seen = new ArrayList<>();
    Blueprint.Builder builder = Blueprint.builder();
    builder.component("b", Lab.listener((ctx, m) -> seen.add(ctx.nowPs() + " b " + m)));
    builder.component("a", Lab.listener((ctx, m) -> seen.add(ctx.nowPs() + " a " + m)));
    builder.component(
        "s",
        Lab.starter(
            ctx -> {
              Ports<Object> ports = ctx.ports("cpus", Object.class);
              for (int i = 0; i < ports.size(); i++) {
                ctx.send(ports.at(i), ports.name() + i + ports.at(i).peer());
              }
              assertThat(ctx.ports("none", Object.class).size()).isZero();
              assertThat(ports.at(1).minimumPs()).isEqualTo(20);
            }));
    builder.connectFamily(
        "s",
        "cpus",
        List.of(Lab.inlet(builder, "b"), Lab.inlet(builder, "a")),
        List.of(new Lab.Fixed(10), new Lab.Fixed(20)));
    RunOutcome outcome = Lab.run(builder.build());

    assertThat(outcome.failure()).isEmpty();
    assertThat(seen).containsExactly("10 b cpus0b", "20 a cpus1a");
  }

  @Test
  void shouldWrapWhatArrivesWhenTheInletSaysHow() {
    List<Object> seen = new ArrayList<>();
    Blueprint.Builder builder =
        Blueprint.builder()
            .component("r", Lab.listener((ctx, message) -> seen.add(message)))
            .component("s", Lab.starter(ctx -> Lab.send(ctx, "x", 21)));
    Inlet<Object> inlet = builder.inlet("r", "doubled", message -> 2 * (int) message);
    Lab.run(builder.connect("s", "x", inlet, new Lab.Fixed(1)).build());

    assertThat(seen).containsExactly(42);
    assertThat(inlet.component()).isEqualTo("r");
    assertThat(inlet.name()).isEqualTo("doubled");
  }
}

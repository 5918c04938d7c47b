package dev.shootdown.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.shootdown.address.PageRange;
import dev.shootdown.protocol.ViommuQueue.Descriptor;
import dev.shootdown.protocol.ViommuQueue.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {
  private static Descriptors descriptors(boolean deviceTlb, boolean firstLevel) {
    GuestDriverSpec spec =
        new GuestDriverSpec(
            GuestDriverSpec.Mode.STRICT, 256, 1, deviceTlb, firstLevel, 0, 0, 0, 0, 0, 0);
    return new Descriptors(spec, new GuestLayout(1000, 0, 48, 18, true, List.of(1, 4)));
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 3, 1", "8, 4, 8, 4", "7, 4, 0, 16", "8, 3, 8, 4", "0xfffff, 2, 0, 0x200000"})
  void shouldGrowToAnAlignedBlockWhenARangeIsNoBlock(
      String first, String pages, String blockFirst, String blockPages) {
    assertThat(Descriptors.block(new PageRange(Long.decode(first), Long.decode(pages))))
        .isEqualTo(new PageRange(Long.decode(blockFirst), Long.decode(blockPages)));
  }

  @Test
  void shouldFlushTheDomainWhenABlockIsBeyondTheMask() {
    Descriptors plain = descriptors(false, false);

    assertThat(plain.forRange(new PageRange(0xfffff, 2), true))
        .containsExactly(new Descriptor(Kind.DOMAIN, -1, PageRange.ALL));
    assertThat(plain.forRange(new PageRange(0, 1 << 18), true))
        .containsExactly(new Descriptor(Kind.PAGES, -1, new PageRange(0, 1 << 18)));
    assertThat(descriptors(false, true).forRange(new PageRange(0xfffff, 2), true))
        .as("a first-level table knows no mask")
        .containsExactly(new Descriptor(Kind.PASID_PAGES, -1, new PageRange(0, 1 << 21)));
  }

  @Test
  void shouldNameEachDeviceWithAtsWhenDeviceTlbsAreOn() {
    PageRange block = new PageRange(8, 4);

    assertThat(descriptors(true, false).forRange(block, true)).containsExactly(
        new Descriptor(Kind.PAGES, -1, block), new Descriptor(Kind.DEVICE_TLB, 1, block),
        new Descriptor(Kind.DEVICE_TLB, 4, block));
    assertThat(descriptors(true, false).forRange(block, false)).hasSize(1);
    assertThat(Descriptors.hit(descriptors(true, false).forAll()).isAll()).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IpxePatchTest {
  private static final int AT = 1234;

  private static byte[] image() {
    byte[] image = new byte[5000];
    new SplittableRandom(5).nextBytes(image);
    System.arraycopy(IpxePatch.marker(), 0, image, AT, IpxePatch.MAX_BYTES);
    return image;
  }

  @Test
  void t37MarkerBecomesThePatchAndBlanks() {
    byte[] image = image();
    byte[] patched = IpxePatch.apply(image, "echo hi");
    assertThat(new String(patched, AT, 131, StandardCharsets.US_ASCII))
        .isEqualTo("echo hi" + " ".repeat(124));
    assertThat(Arrays.copyOf(patched, AT)).isEqualTo(Arrays.copyOf(image, AT));
    assertThat(Arrays.copyOfRange(patched, AT + 131, 5000))
        .isEqualTo(Arrays.copyOfRange(image, AT + 131, 5000));
    assertThat(image).as("the original is left alone").isEqualTo(image());
  }

  @Test
  void t38PatchOf132BytesIsTooLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpxePatch.apply(image(), "a".repeat(132)))
        .withMessageStartingWith("patch string is too long");
    assertThatIllegalArgumentException().isThrownBy(() -> IpxePatch.check("é".repeat(66)));
    IpxePatch.check("é".repeat(65));
  }

  @Test
  void t39FileWithoutMarkerIsLeftAlone() {
    byte[] image = new byte[5000];
    assertThat(IpxePatch.isPatchable(image)).isFalse();
    assertThat(IpxePatch.apply(image, "a".repeat(132))).isEqualTo(image);
    assertThat(IpxePatch.apply(new byte[0], "echo")).isEmpty();
  }

  @Test
  void t40PatchOf131BytesFillsThePlace() {
    byte[] patched = IpxePatch.apply(image(), "b".repeat(131));
    assertThat(new String(patched, AT, 131, StandardCharsets.US_ASCII)).isEqualTo("b".repeat(131));
    assertThat(IpxePatch.isPatchable(patched)).isFalse();
  }

  @Test
  void emptyPatchChangesNothing() {
    assertThat(IpxePatch.apply(image(), "")).isEqualTo(image());
  }

  @Test
  void onlyTheFirstMarkerIsReplaced() {
    byte[] twice = new byte[300];
    System.arraycopy(IpxePatch.marker(), 0, twice, 0, 131);
    System.arraycopy(IpxePatch.marker(), 0, twice, 169, 131);
    byte[] once = IpxePatch.apply(twice, "x");
    assertThat(IpxePatch.isPatchable(once)).isTrue();
    assertThat(IpxePatch.isPatchable(IpxePatch.apply(once, "y"))).isFalse();
    assertThat(IpxePatch.marker()).hasSize(IpxePatch.MAX_BYTES);
  }
}

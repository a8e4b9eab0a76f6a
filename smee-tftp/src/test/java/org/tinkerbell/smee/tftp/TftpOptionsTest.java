// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TftpOptionsTest {

  private static final Negotiation.Caps CAPS = new Negotiation.Caps(1468, 64, 1 << 20);

  @Test
  void namesHaveNoCaseAndKeepTheirSpelling() {
    TftpOptions options = TftpOptions.none().with("BlkSize", "1024");
    assertThat(options.get("blksize")).contains("1024");
    assertThat(options.blksize()).hasValue(1024);
    assertThat(options.names()).containsExactly("BlkSize");
    assertThat(options).isEqualTo(TftpOptions.none().withBlksize(1024));
    assertThat(options).hasSameHashCodeAs(TftpOptions.none().withBlksize(1024));
    assertThat(options).hasToString("BlkSize=1024");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "abc", "7", "65465", "-8", "+8", " 8", "8 ", "99999999999999999999", "٨"})
  void whatIsNoBlockSizeIsNoBlockSize(String value) {
    assertThat(TftpOptions.none().with("blksize", value).blksize()).isEmpty();
  }

  @Test
  void rangesAreThoseOfTheRfcs() {
    assertThatIllegalArgumentException().isThrownBy(() -> TftpOptions.none().withBlksize(7));
    assertThatIllegalArgumentException().isThrownBy(() -> TftpOptions.none().withBlksize(65465));
    assertThatIllegalArgumentException().isThrownBy(() -> TftpOptions.none().withWindowsize(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TftpOptions.none().withTimeout(Duration.ofSeconds(256)));
    assertThatIllegalArgumentException().isThrownBy(() -> TftpOptions.none().with("", "1"));
    assertThat(TftpOptions.none().with("timeout", "0").timeout()).isEmpty();
    assertThat(TftpOptions.none().with("timeout", "256").timeout()).isEmpty();
    assertThat(TftpOptions.none().with("timeout", "255").timeout())
        .contains(Duration.ofSeconds(255));
    assertThat(TftpOptions.none().with("windowsize", "65536").windowsize()).isEmpty();
    assertThat(TftpOptions.none().with("tsize", "0").tsize()).isEqualTo(OptionalLong.of(0));
    assertThat(TftpOptions.none().windowsize()).isEqualTo(OptionalInt.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "blksize,1468,blksize=1468",
    "blksize,8,blksize=8",
    "blksize,8192,blksize=1468",
    "blksize,abc,''",
    "windowsize,16,windowsize=16",
    "windowsize,65535,windowsize=64",
    "windowsize,0,''",
    "timeout,3,timeout=3",
    "timeout,0,''",
    "tsize,0,tsize=1000",
    "tsize,77,tsize=1000",
    "tsize,x,''",
    "multicast,'',''",
    "unknown,1,''"
  })
  void onlyWhatIsValidIsGranted(String name, String value, String granted) {
    assertThat(
            Negotiation.of(TftpOptions.none().with(name, value), OptionalLong.of(1000), CAPS)
                .granted())
        .hasToString(granted);
  }

  @Test
  void grantsAreInRequestOrder() {
    TftpOptions asked =
        TftpOptions.none().withWindowsize(8).with("x", "1").withTsize(0).withBlksize(512);
    Negotiation negotiation = Negotiation.of(asked, OptionalLong.of(5), CAPS);
    assertThat(negotiation.granted()).hasToString("windowsize=8 tsize=5 blksize=512");
    assertThat(negotiation.windowSize()).isEqualTo(8);
    assertThat(Negotiation.of(asked, OptionalLong.empty(), CAPS).granted())
        .as("of unknown length")
        .hasToString("windowsize=8 blksize=512");
  }

  @Test
  void aWindowFitsTheMemoryThatIsLeft() {
    TftpOptions asked = TftpOptions.none().withBlksize(1000).withWindowsize(64);
    assertThat(
            Negotiation.of(asked, OptionalLong.empty(), new Negotiation.Caps(1468, 64, 10_000))
                .windowSize())
        .isEqualTo(10);
    assertThat(
            Negotiation.of(asked, OptionalLong.empty(), new Negotiation.Caps(1468, 64, 0))
                .granted())
        .hasToString("blksize=1000 windowsize=1");
  }

  @Test
  void blocksFitThePath() throws Exception {
    java.net.InetAddress four = java.net.InetAddress.getByName("192.0.2.1");
    java.net.InetAddress six = java.net.InetAddress.getByName("2001:db8::1");
    assertThat(new LocalPath(1500, true).maxBlockSize(four)).isEqualTo(1468);
    assertThat(new LocalPath(1500, true).maxBlockSize(six)).isEqualTo(1448);
    assertThat(new LocalPath(9000, true).maxBlockSize(four)).isEqualTo(8968);
    assertThat(new LocalPath(65536, true).maxBlockSize(four)).isEqualTo(65464);
    assertThat(new LocalPath(100, true).maxBlockSize(four)).isEqualTo(512);
  }
}

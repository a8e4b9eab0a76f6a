// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tinkerbell.smee.dhcp.Packets.base;
import static org.tinkerbell.smee.dhcp.Packets.hex;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpCodecTest {

  @Nested
  class GoldenCases {

    @Test
    void x01DatagramOf239BytesIsRefused() {
      byte[] datagram = Arrays.copyOf(base("350101ff"), 239);

      DhcpDecodeException e = refusal(datagram);

      assertThat(e.offset()).isEqualTo(239);
      assertThat(e.optionCode()).isEmpty();
      assertThat(e.getStackTrace()).isEmpty();
    }

    @Test
    void x02WrongCookieIsRefused() {
      byte[] datagram = base("350101ff");
      datagram[236] = 0;

      assertThat(refusal(datagram)).hasMessage("wrong magic cookie at offset 236");
    }

    @Test
    void x03MissingEndIsRefused() {
      assertThat(refusal(base("350101"))).hasMessage("no End option at offset 243");
    }

    @Test
    void x04HeaderWithoutOptionsIsRead() throws Exception {
      DhcpMessage message = DhcpCodec.decode(base(""));

      assertThat(message.messageType()).isEmpty();
      assertThat(message.optionCodes()).isEmpty();
    }

    @Test
    void x05OptionBeyondTheEndIsRefused() {
      DhcpDecodeException e = refusal(base("35c801ff"));

      assertThat(e.offset()).isEqualTo(240);
      assertThat(e.optionCode()).hasValue(53);
      assertThat(e.reason()).isEqualTo("payload longer than what is left");
    }

    @Test
    void x06PadsAreSkippedAndWhatFollowsEndIsIgnored() throws Exception {
      DhcpMessage message = DhcpCodec.decode(base("000035010100ff4d01"));

      assertThat(message.messageType()).contains(DhcpMessageType.DISCOVER);
      assertThat(message.optionCodes()).containsExactly(53);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"X07, 350101350103ff", "X08, 35020103ff"})
    void messageTypeOfTwoOctetsIsNone(String number, String options) throws Exception {
      DhcpMessage message = DhcpCodec.decode(base(options));

      assertThat(message.messageType()).isEmpty();
      assertThat(message.has(53)).isTrue();
      assertThat(message.raw(53)).hasValue(new byte[] {1, 3});
    }

    @Test
    void x09EmptyOptionIsThereButHasNoValue() throws Exception {
      DhcpMessage message = DhcpCodec.decode(base("3501013d00ff"));

      assertThat(message.messageType()).contains(DhcpMessageType.DISCOVER);
      assertThat(message.has(61)).isTrue();
      assertThat(message.raw(61)).hasValue(new byte[0]);
      assertThat(message.get(DhcpOptions.CLIENT_IDENTIFIER)).isEmpty();
      assertThat(
              DhcpExchange.of(message, Packets.arrival(ip("10.0.0.5")))
                  .replyTo(ip("10.0.0.9"))
                  .build()
                  .has(61))
          .isFalse();
    }

    @Test
    void x10HardwareAddressOf20OctetsCountsAs16() throws Exception {
      byte[] datagram = base("350101ff");
      datagram[2] = 20;

      DhcpMessage message = DhcpCodec.decode(datagram);

      assertThat(message.hlen()).isEqualTo(16);
      assertThat(message.chaddr()).hasSize(16).startsWith(2, 0, 0, 0, 0, 0xff);
    }
  }

  @Nested
  class Reading {

    @Test
    void fieldsOfTheHeaderAreRead() throws Exception {
      byte[] datagram = base("350103ff");
      for (int i = 0; i < 28; i++) {
        datagram[i] = (byte) (i + 1);
      }
      datagram[2] = 6;
      datagram[44] = 's';
      datagram[108] = 'f';

      DhcpMessage message = DhcpCodec.decode(datagram);

      assertThat(message.op()).isEqualTo(1);
      assertThat(message.htype()).isEqualTo(2);
      assertThat(message.hops()).isEqualTo(4);
      assertThat(message.xid()).isEqualTo(0x05060708);
      assertThat(message.secs()).isEqualTo(0x090a);
      assertThat(message.flags()).isEqualTo(0x0b0c);
      assertThat(message.ciaddr()).isEqualTo(ip("13.14.15.16"));
      assertThat(message.yiaddr()).isEqualTo(ip("17.18.19.20"));
      assertThat(message.siaddr()).isEqualTo(ip("21.22.23.24"));
      assertThat(message.giaddr()).isEqualTo(ip("25.26.27.28"));
      assertThat(message.isRelayed()).isTrue();
      assertThat(message.isBroadcast()).isFalse();
      assertThat(message.hardwareAddress()).contains(Packets.MAC);
      assertThat(message.sname()).isEqualTo("s");
      assertThat(message.file()).isEqualTo("f");
    }

    @Test
    void zeroLengthHardwareAddressIsNone() throws Exception {
      byte[] datagram = base("350101ff");
      datagram[2] = 0;

      assertThat(DhcpCodec.decode(datagram).hardwareAddress()).isEmpty();
    }

    @Test
    void missingEndIsAcceptedOnRequestIfTheLastOptionIsWhole() throws Exception {
      DecodeOptions lenient = DecodeOptions.lenient();

      assertThat(DhcpCodec.decode(base("350101"), lenient).messageType())
          .contains(DhcpMessageType.DISCOVER);
      assertThatThrownBy(() -> DhcpCodec.decode(base("3501013c"), lenient))
          .isInstanceOf(DhcpDecodeException.class)
          .hasMessage("length octet missing at offset 243 in option 60");
      assertThatThrownBy(() -> DhcpCodec.decode(base("3501013c02aa"), lenient))
          .isInstanceOf(DhcpDecodeException.class);
    }

    @Test
    void partsOfAnOptionAreJoinedInOrder() throws Exception {
      DhcpMessage message = DhcpCodec.decode(base("3c0350584535010143020102" + "3c02436cff"));

      assertThat(message.get(DhcpOptions.VENDOR_CLASS)).contains("PXECl");
      assertThat(message.optionCodes()).containsExactly(60, 53, 67);
    }

    @ParameterizedTest(name = "overload {0}")
    @CsvSource({"1, ab, sname, ''", "2, a, '', file", "3, abc, '', ''"})
    void overloadedFieldsAreReadFileFirst(int value, String expected, String sname, String file)
        throws Exception {
      byte[] datagram = base("3501013401" + String.format("%02x", value) + "3c0161ff");
      putText(datagram, 44, "sname");
      putText(datagram, 108, "file");
      if ((value & 1) != 0) {
        System.arraycopy(hex("00003c0162ff3c0178"), 0, datagram, 108, 9);
      }
      if (value == 2) {
        System.arraycopy(hex("0f0163ff"), 0, datagram, 44, 4);
      }
      if (value == 3) {
        System.arraycopy(hex("3c0163ff00"), 0, datagram, 44, 5);
      }

      DhcpMessage message = DhcpCodec.decode(datagram);

      assertThat(message.get(DhcpOptions.VENDOR_CLASS)).contains(expected);
      assertThat(message.get(DhcpOptions.DOMAIN_NAME).isPresent()).isEqualTo(value == 2);
      assertThat(message.sname()).isEqualTo(sname);
      assertThat(message.file()).isEqualTo(file);
      assertThat(message.has(52)).isFalse();
    }

    @ParameterizedTest(name = "option 52 = {0}")
    @CsvSource({"340100", "340104", "34020101", "3400", "340101340101", "3400340100"})
    void invalidOverloadIsLeftAlone(String option) throws Exception {
      byte[] datagram = base("350101" + option + "ff");
      putText(datagram, 108, "file");

      DhcpMessage message = DhcpCodec.decode(datagram);

      assertThat(message.file()).isEqualTo("file");
      assertThat(message.has(52)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3401013400", "3400340101"})
    void overloadInPartsIsFollowed(String option) throws Exception {
      byte[] datagram = base("350101" + option + "ff");
      System.arraycopy(hex("0f0178ff"), 0, datagram, 108, 4);

      DhcpMessage message = DhcpCodec.decode(datagram);

      assertThat(message.get(DhcpOptions.DOMAIN_NAME)).contains("x");
      assertThat(message.has(52)).isFalse();
    }

    @Test
    void rubbishInAnOverloadedFieldIsRefused() {
      byte[] datagram = base("350101340101ff");
      Arrays.fill(datagram, 108, 236, (byte) 0xee);

      assertThat(refusal(datagram).offset()).isBetween(108, 236);
    }

    @Test
    void unterminatedFieldsAreReadWhole() throws Exception {
      byte[] datagram = base("350101ff");
      Arrays.fill(datagram, 44, 236, (byte) 'x');

      DhcpMessage message = DhcpCodec.decode(datagram);

      assertThat(message.sname()).hasSize(64);
      assertThat(message.file()).hasSize(128);
    }

    @Test
    void buffersAreReadBetweenTheirIndexesAndLeftAlone() throws Exception {
      byte[] datagram = base("350101ff");
      DhcpMessage expected = DhcpCodec.decode(datagram);
      byte[] padded = Packets.concat(new byte[7], datagram);
      ByteBuf heap = Unpooled.wrappedBuffer(padded).slice(3, padded.length - 3).skipBytes(4);
      ByteBuf direct = Unpooled.directBuffer().writeBytes(padded).skipBytes(7);
      ByteBuffer nio = ByteBuffer.wrap(padded).position(7);

      assertThat(DhcpCodec.decode(heap)).isEqualTo(expected);
      assertThat(DhcpCodec.decode(direct)).isEqualTo(expected);
      assertThat(DhcpCodec.decode(nio)).isEqualTo(expected);
      assertThat(heap.readerIndex()).isEqualTo(4);
      assertThat(direct.readerIndex()).isEqualTo(7);
      assertThat(nio.position()).isEqualTo(7);
      direct.release();
    }

    @Test
    void moreThanAUdpDatagramIsRefused() {
      byte[] datagram = Packets.concat(base("350101ff"), new byte[65_507]);

      assertThat(refusal(datagram).reason()).isEqualTo("longer than a UDP datagram");
    }
  }

  @Nested
  class Writing {

    @Test
    void shortMessagesArePaddedTo300Bytes() {
      byte[] datagram = DhcpCodec.encode(Packets.request(DhcpMessageType.DISCOVER).build());

      assertThat(datagram).hasSize(300);
      assertThat(Arrays.copyOfRange(datagram, 236, 244)).isEqualTo(hex("63825363350101ff"));
      assertThat(Arrays.copyOfRange(datagram, 244, 300)).containsOnly(0);
    }

    @Test
    void optionsAscendWith82Last() throws Exception {
      DhcpMessage message =
          DhcpMessage.builder()
              .setRaw(82, new byte[] {1})
              .setRaw(254, new byte[] {2})
              .setRaw(97, new byte[] {3})
              .setRaw(1, new byte[0])
              .build();

      DhcpMessage read = DhcpCodec.decode(DhcpCodec.encode(message));

      assertThat(read.optionCodes()).containsExactly(1, 97, 254, 82);
    }

    @Test
    void longOptionsAreSplitAndJoined() throws Exception {
      // 80 name servers: 255 + 65 bytes
      DhcpMessage message =
          DhcpMessage.builder()
              .set(DhcpOptions.DOMAIN_NAME_SERVERS, Collections.nCopies(80, ip("10.1.2.3")))
              .build();

      byte[] datagram = DhcpCodec.encode(message);

      assertThat(datagram).hasSize(240 + 2 + 255 + 2 + 65 + 1);
      assertThat(Arrays.copyOfRange(datagram, 240, 242)).isEqualTo(hex("06ff"));
      assertThat(Arrays.copyOfRange(datagram, 497, 499)).isEqualTo(hex("0641"));
      assertThat(DhcpCodec.decode(datagram)).isEqualTo(message);
    }

    @Test
    void emptyOptionsAreWritten() {
      byte[] datagram = DhcpCodec.encode(DhcpMessage.builder().setRaw(61, new byte[0]).build());

      assertThat(Arrays.copyOfRange(datagram, 240, 243)).isEqualTo(hex("3d00ff"));
    }

    @Test
    void fieldsThatAreTooLongAreNeverCut() {
      DhcpMessage.Builder message = DhcpMessage.builder();

      assertThat(DhcpCodec.encode(message.sname("s".repeat(63)).file("f".repeat(127)).build()))
          .hasSize(300);
      assertThatThrownBy(() -> DhcpCodec.encode(message.sname("s".repeat(64)).build()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("sname: 64 bytes (expected: at most 63)");
      assertThatThrownBy(() -> DhcpCodec.encode(message.sname("").file("f".repeat(128)).build()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("file: 128 bytes (expected: at most 127)");
    }

    @Test
    void moreThanAUdpDatagramIsRefused() {
      DhcpMessage message = DhcpMessage.builder().setRaw(43, new byte[70_000]).build();

      assertThatThrownBy(() -> DhcpCodec.encode(message))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: at most 65507");
    }

    @Test
    void optionsAreWrittenInTheOrderAskedForBehindWhatAReaderNeedsFirst() {
      DhcpMessage.Builder message = DhcpMessage.builder();
      for (int code : new int[] {1, 3, 6, 15, 51, 53, 54, 82, 119}) {
        message.setRaw(code, new byte[1]);
      }
      List<Integer> asked = List.of(119, 3, 82, 53, 3, 0, 255, 200);

      byte[] bytes = DhcpCodec.encode(message.build(), new EncodeOptions(548, asked));

      List<Integer> written = new ArrayList<>();
      for (int at = 240; at < 240 + 9 * 3; at += 3) {
        written.add(bytes[at] & 0xff);
      }
      assertThat(written).containsExactly(53, 54, 51, 119, 3, 1, 6, 15, 82);
    }

    @Test
    void optionsBeyondTheLimitMoveIntoFreeFields() throws Exception {
      DhcpMessage message =
          DhcpMessage.builder()
              .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.OFFER)
              .setRaw(43, new byte[200])
              .setRaw(100, new byte[60])
              .setRaw(101, new byte[100])
              .setRaw(82, new byte[20])
              .build();
      assertThat(DhcpCodec.encode(message)).hasSize(240 + 3 + 202 + 62 + 102 + 22 + 1);

      byte[] bytes = DhcpCodec.encode(message, new EncodeOptions(548, List.of()));

      assertThat(bytes).hasSize(240 + 3 + 3 + 202 + 62 + 22 + 1);
      assertThat(bytes).startsWith(1).containsSequence(hex("63825363 340101"));
      assertThat(DhcpCodec.decode(bytes).optionCodes()).containsExactly(43, 53, 100, 82, 101);
      assertThat(DhcpCodec.decode(bytes).toBuilder().build().raw(101)).contains(new byte[100]);
      byte[] both = DhcpCodec.encode(message, new EncodeOptions(480, List.of()));
      assertThat(both).hasSize(240 + 3 + 3 + 202 + 22 + 1);
      assertThat(both).containsSequence(hex("63825363 340103"));
      assertThat(DhcpCodec.decode(both).raw(100)).contains(new byte[60]);
      assertThat(DhcpCodec.decode(both).has(52)).isFalse();
    }

    @Test
    void fieldsInUseAreNotOverloaded() throws Exception {
      DhcpMessage.Builder message = DhcpMessage.builder().setRaw(43, new byte[255]);
      message.setRaw(101, new byte[62]).setRaw(102, new byte[61]);
      EncodeOptions small = new EncodeOptions(300, List.of());

      byte[] bytes = DhcpCodec.encode(message.file("f").build(), small);

      assertThat(bytes).containsSequence(hex("63825363 340102"));
      DhcpMessage read = DhcpCodec.decode(bytes);
      assertThat(read.file()).isEqualTo("f");
      assertThat(read.sname()).isEmpty();
      assertThat(read.optionCodes()).containsExactly(43, 101, 102);
      DhcpMessage full = message.sname("s").build();
      assertThat(DhcpCodec.encode(full, small)).isEqualTo(DhcpCodec.encode(full));
    }

    @Test
    void nothingMovesThatIsShorterThanTheOptionThatSaysSo() {
      DhcpMessage message =
          DhcpMessage.builder().setRaw(43, new byte[255]).setRaw(101, new byte[1]).build();

      assertThat(DhcpCodec.encode(message, new EncodeOptions(300, List.of())))
          .isEqualTo(DhcpCodec.encode(message));
    }

    @Test
    void theWholeHardwareAddressFieldIsWritten() throws Exception {
      byte[] datagram = Arrays.copyOf(base("350101ff"), 300);
      datagram[40] = 0x55;

      assertThat(DhcpCodec.encode(DhcpCodec.decode(datagram))).isEqualTo(datagram);
    }
  }

  static List<Packets.Captured> captured() {
    return Packets.captured();
  }

  static List<Packets.Captured> goldenReplies() {
    return Packets.goldenReplies();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void messagesOfRealClientsSurviveReadingAndWriting(Packets.Captured captured) throws Exception {
    DhcpMessage message = DhcpCodec.decode(captured.bytes());

    DhcpMessage again = DhcpCodec.decode(DhcpCodec.encode(message));

    assertThat(message.messageType()).isPresent();
    assertThat(again.optionCodes()).hasSameElementsAs(message.optionCodes());
    for (int code : message.optionCodes()) {
      assertThat(again.raw(code)).hasValue(message.raw(code).orElseThrow());
    }
    assertThat(again.chaddr()).isEqualTo(message.chaddr());
    assertThat(again.toText().lines().limit(8).toList())
        .isEqualTo(message.toText().lines().limit(8).toList());
    assertThat(DhcpCodec.encode(again)).isEqualTo(DhcpCodec.encode(message));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldenReplies")
  void repliesOfTheReferenceAreWrittenByteForByte(Packets.Captured reply) throws Exception {
    assertThat(DhcpCodec.encode(DhcpCodec.decode(reply.bytes()))).isEqualTo(reply.bytes());
  }

  private static DhcpDecodeException refusal(byte[] datagram) {
    return catchThrowableOfType(DhcpDecodeException.class, () -> DhcpCodec.decode(datagram));
  }

  private static void putText(byte[] datagram, int offset, String text) {
    for (int i = 0; i < text.length(); i++) {
      datagram[offset + i] = (byte) text.charAt(i);
    }
  }
}

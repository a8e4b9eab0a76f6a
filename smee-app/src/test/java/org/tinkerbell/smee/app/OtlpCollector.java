// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * Receives traces as a collector does: OTLP over gRPC, that is HTTP/2 without TLS, with the
 * messages as OpenTelemetry itself compiles them.
 */
final class OtlpCollector implements AutoCloseable {
  private static final String PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  private static final int PREFIX = 5;

  /** A span, with the names of its tracer and service. */
  record Received(Span span, String tracer, Map<String, String> resource) {

    String name() {
      return span.getName();
    }

    String traceId() {
      return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    String spanId() {
      return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    /** Empty text for none. */
    String parentId() {
      return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
    }

    Map<String, String> attributes() {
      return text(span.getAttributesList());
    }
  }

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel channel;
  private final List<Received> spans = new ArrayList<>();
  private final List<Map<String, String>> requests = new ArrayList<>();

  OtlpCollector(InetSocketAddress address) {
    channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection
                        .pipeline()
                        .addLast(Http2FrameCodecBuilder.forServer().build())
                        .addLast(
                            new Http2MultiplexHandler(
                                new ChannelInitializer<>() {
                                  @Override
                                  protected void initChannel(Channel stream) {
                                    stream.pipeline().addLast(new Call());
                                  }
                                }));
                  }
                })
            .bind(address)
            .syncUninterruptibly()
            .channel();
  }

  static OtlpCollector start() {
    return new OtlpCollector(new InetSocketAddress("127.0.0.1", 0));
  }

  /** Returns host and port. */
  String endpoint() {
    return "127.0.0.1:" + ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** One call of Export on its stream. */
  private final class Call extends ChannelInboundHandlerAdapter {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Map<String, String> headers = new TreeMap<>();

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) throws IOException {
      try {
        if (frame instanceof Http2HeadersFrame head) {
          head.headers().forEach(e -> headers.put(e.getKey().toString(), e.getValue().toString()));
        } else if (frame instanceof Http2DataFrame data) {
          body.writeBytes(ByteBufUtil.getBytes(data.content()));
          if (data.isEndStream()) {
            answer(context);
          }
        }
      } finally {
        ReferenceCountUtil.release(frame);
      }
    }

    private void answer(ChannelHandlerContext context) throws IOException {
      byte[] all = body.toByteArray();
      byte[] message = new byte[all.length - PREFIX];
      System.arraycopy(all, PREFIX, message, 0, message.length);
      if (all[0] == 1) {
        try (GZIPInputStream unzip = new GZIPInputStream(new ByteArrayInputStream(message))) {
          message = unzip.readAllBytes();
        }
      }
      boolean known = PATH.equals(headers.get(":path"));
      if (known) {
        received(headers, ExportTraceServiceRequest.parseFrom(message));
      }
      Http2Headers head =
          new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
      context.write(new DefaultHttp2HeadersFrame(head));
      ByteBuf empty = Unpooled.wrappedBuffer(new byte[PREFIX]);
      context.write(new DefaultHttp2DataFrame(empty));
      Http2Headers trailers = new DefaultHttp2Headers().set("grpc-status", known ? "0" : "12");
      context.writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
    }
  }

  private void received(Map<String, String> headers, ExportTraceServiceRequest request) {
    synchronized (spans) {
      requests.add(headers);
      for (ResourceSpans resource : request.getResourceSpansList()) {
        Map<String, String> about = text(resource.getResource().getAttributesList());
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            spans.add(new Received(span, scope.getScope().getName(), about));
          }
        }
      }
      spans.notifyAll();
    }
  }

  private static Map<String, String> text(List<KeyValue> pairs) {
    Map<String, String> text = new TreeMap<>();
    pairs.forEach(pair -> text.put(pair.getKey(), text(pair.getValue())));
    return text;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> String.valueOf(value.getBoolValue());
      case INT_VALUE -> String.valueOf(value.getIntValue());
      case DOUBLE_VALUE -> String.valueOf(value.getDoubleValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream()
              .map(OtlpCollector::text)
              .toList()
              .toString();
      default -> value.toString();
    };
  }

  List<Received> spans() {
    synchronized (spans) {
      return List.copyOf(spans);
    }
  }

  /** Returns the header fields of every call. */
  List<Map<String, String>> requests() {
    synchronized (spans) {
      return List.copyOf(requests);
    }
  }

  /** Waits for a span. */
  Received await(Predicate<Received> wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    synchronized (spans) {
      while (true) {
        for (Received span : spans) {
          if (wanted.test(span)) {
            return span;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("no such span in\n" + TraceTree.of(spans));
        }
        spans.wait(left);
      }
    }
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /**
   * Receives until the process is told to end, and then writes the traces as trees.
   *
   * @param arguments address, port and the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[2]);
    CountDownLatch never = new CountDownLatch(1);
    try (OtlpCollector collector =
        new OtlpCollector(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])))) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      Files.writeString(file, TraceTree.of(collector.spans()));
                    } catch (IOException e) {
                      System.err.println(e);
                    }
                  }));
      never.await();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Measures a DHCP server: plays a relay agent behind which many machines boot at once.
//
//   dhcpload SERVER RELAY HOSTS OUTSTANDING WARMUP SECONDS
//
// SERVER and RELAY are IPv4 addresses, RELAY one of this host's; both sides use port 67. The machines
// are 02:00:00:00:00:00 and up and are to get 10.128.0.0 and up. OUTSTANDING machines at a time go
// through DISCOVER, OFFER, REQUEST and ACK; what is unanswered for a second is asked again. Each reply
// must be of the right type and for the right machine and address. Prints on one line: exchanges per
// second, median and 99th percentile of their duration in microseconds, repeats, wrong replies.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SIZE = 1024, MAX_OUTSTANDING = 4096, MAX_SAMPLES = 1 << 24 };
enum { OFFER = 2, ACK = 5 };
static const uint32_t FIRST_ADDRESS = 0x0a800000;
static const double AGAIN = 1.0;

struct machine {
  uint32_t host, xid, server;
  int asks; // for the address it was offered
  double begun, sent;
};

static struct machine machines[MAX_OUTSTANDING];
static struct mmsghdr out[BATCH], in[BATCH];
static struct iovec out_parts[BATCH], in_parts[BATCH];
static uint8_t out_bytes[BATCH][SIZE], in_bytes[BATCH][SIZE];
static int queued, sock;
static struct sockaddr_in server = {.sin_family = AF_INET};
static uint32_t relay, hosts, next_host, outstanding;
static float *samples;
static long sample_count, repeats, wrong;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void put32(uint8_t *at, uint32_t value) {
  value = htonl(value);
  memcpy(at, &value, 4);
}

static uint32_t get32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, 4);
  return ntohl(value);
}

static void flush(void) {
  for (int done = 0; done < queued;) {
    int sent = sendmmsg(sock, out + done, queued - done, 0);
    if (sent < 0) {
      perror("sendmmsg");
      exit(1);
    }
    done += sent;
  }
  queued = 0;
}

static uint8_t *option(uint8_t *at, uint8_t code, uint8_t length, const void *value) {
  at[0] = code;
  at[1] = length;
  memcpy(at + 2, value, length);
  return at + 2 + length;
}

static void ask(struct machine *m) {
  static const uint8_t wanted[] = {1, 3, 6, 12, 15, 28, 42, 43, 51, 54, 60, 66, 67};
  static const uint8_t id[17] = {0, 1, 2, 3};
  if (queued == BATCH) flush();
  uint8_t *p = out_bytes[queued];
  memset(p, 0, 240);
  p[0] = 1, p[1] = 1, p[2] = 6, p[3] = 1;
  put32(p + 4, m->xid);
  put32(p + 24, relay);
  p[28] = 2;
  put32(p + 30, m->host);
  put32(p + 236, 0x63825363);
  uint8_t type = m->asks ? 3 : 1;
  uint8_t *at = option(p + 240, 53, 1, &type);
  at = option(at, 57, 2, "\x05\xc0");
  at = option(at, 55, sizeof wanted, wanted);
  at = option(at, 97, sizeof id, id);
  at = option(at, 94, 3, "\1\3\0");
  at = option(at, 93, 2, "\0\7");
  at = option(at, 60, 32, "PXEClient:Arch:00007:UNDI:003000");
  if (m->asks) {
    uint8_t address[4], chosen[4];
    put32(address, FIRST_ADDRESS + m->host);
    put32(chosen, m->server);
    at = option(at, 54, 4, chosen);
    at = option(at, 50, 4, address);
  }
  *at++ = 255;
  out_parts[queued++].iov_len = at - p;
  m->sent = now();
}

static void begin(struct machine *m) {
  m->host = next_host++ % hosts;
  m->xid += MAX_OUTSTANDING;
  m->asks = 0;
  m->begun = now();
  ask(m);
}

// Returns the type of a reply and the server that it is from.
static int type_of(const uint8_t *p, int length, uint32_t *from) {
  int type = 0;
  *from = 0;
  for (int at = 240; at + 1 < length && p[at] != 255;) {
    if (p[at] == 0) {
      at++;
      continue;
    }
    if (at + 2 + p[at + 1] > length) return 0;
    if (p[at] == 53) type = p[at + 2];
    if (p[at] == 54) *from = get32(p + at + 2);
    at += 2 + p[at + 1];
  }
  return type;
}

static void answered(const uint8_t *p, int length) {
  if (length < 244) {
    wrong++;
    return;
  }
  uint32_t xid = get32(p + 4), from;
  struct machine *m = &machines[xid % MAX_OUTSTANDING];
  if (m->xid != xid) return; // the answer to a repeat
  int type = type_of(p, length, &from);
  if (m->asks && type == OFFER) return;
  if (type != (m->asks ? ACK : OFFER) || get32(p + 30) != m->host ||
      get32(p + 16) != FIRST_ADDRESS + m->host) {
    wrong++;
    return;
  }
  if (type == OFFER) {
    m->server = from;
    m->asks = 1;
    ask(m);
    return;
  }
  if (sample_count < MAX_SAMPLES) samples[sample_count++] = (now() - m->begun) * 1e6;
  begin(m);
}

static void run(double seconds) {
  double end = now() + seconds, look = now() + AGAIN / 4;
  sample_count = repeats = wrong = 0;
  for (double t = now(); t < end; t = now()) {
    struct pollfd wait = {.fd = sock, .events = POLLIN};
    flush();
    if (poll(&wait, 1, 50) > 0) {
      int count = recvmmsg(sock, in, BATCH, MSG_DONTWAIT, NULL);
      for (int i = 0; i < count; i++) answered(in_bytes[i], in[i].msg_len);
    }
    if (t < look) continue;
    look = t + AGAIN / 4;
    for (uint32_t i = 0; i < outstanding; i++) {
      if (t - machines[i].sent > AGAIN) {
        repeats++;
        ask(&machines[i]);
      }
    }
  }
}

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  struct in_addr own;
  if (argc != 7 || !inet_aton(argv[1], &server.sin_addr) || !inet_aton(argv[2], &own) ||
      (hosts = atoi(argv[3])) < 1 || (outstanding = atoi(argv[4])) < 1 ||
      outstanding > MAX_OUTSTANDING) {
    fprintf(stderr, "usage: dhcpload SERVER RELAY HOSTS OUTSTANDING WARMUP SECONDS\n");
    return 2;
  }
  relay = ntohl(own.s_addr);
  server.sin_port = htons(67);
  samples = malloc(MAX_SAMPLES * sizeof *samples);
  sock = socket(AF_INET, SOCK_DGRAM, 0);
  int bytes = 4 << 20;
  setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = own, .sin_port = htons(67)};
  if (bind(sock, (struct sockaddr *)&here, sizeof here) < 0) {
    perror("bind");
    return 1;
  }
  for (int i = 0; i < BATCH; i++) {
    out_parts[i].iov_base = out_bytes[i];
    out[i].msg_hdr = (struct msghdr){.msg_name = &server, .msg_namelen = sizeof server,
                                     .msg_iov = &out_parts[i], .msg_iovlen = 1};
    in_parts[i] = (struct iovec){in_bytes[i], SIZE};
    in[i].msg_hdr = (struct msghdr){.msg_iov = &in_parts[i], .msg_iovlen = 1};
  }
  for (uint32_t i = 0; i < outstanding; i++) {
    machines[i].xid = i;
    begin(&machines[i]);
  }
  run(atof(argv[5]));
  double began = now();
  run(atof(argv[6]));
  double rate = sample_count / (now() - began);
  qsort(samples, sample_count, sizeof *samples, compare);
  printf("%.0f %.0f %.0f %ld %ld\n", rate, sample_count ? samples[sample_count / 2] : 0,
         sample_count ? samples[sample_count * 99 / 100] : 0, repeats, wrong);
  return sample_count == 0;
}

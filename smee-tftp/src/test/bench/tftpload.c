// SPDX-License-Identifier: Apache-2.0
//
// A TFTP load client for the benchmark: one epoll loop, any number of downloads at a time, every
// octet compared with the expected file. See `run` beside this file.
//
//   tftpload ADDRESS PORT NAME FILE BLKSIZE WINDOWSIZE CLIENTS WARMUP-SECONDS SECONDS
//
// Downloads come in rounds: CLIENTS requests are sent at once, each from a socket of its own, and
// the round is over when all files are there. Rounds go on until the time is up. Prints one line:
//
//   MiB/s median-ms p99-ms max-ms rounds client-repeats doubled-blocks failures blksize windowsize
//   client-CPU-share spread
//
// The spread is p99 divided by the median of the downloads of one round, which all began together;
// of all rounds, the median. It tells how fair the server is, while p99 over all rounds also tells
// how much the rounds differ.
//
// It asks for windowsize only if WINDOWSIZE is above 1, and for blksize only if it is not 512. A
// request or an ACK that gets no answer within a second is repeated. UDP_GRO lets it take a window
// that was sent with UDP_SEGMENT in one call, and recvmmsg one that was sent block by block, so
// that it is cheaper than the servers that it measures.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 16, SLOT = 65536, MAX_TRIES = 6 };

struct transfer {
  int fd;
  int answered, done, tries;
  int blksize, windowsize;
  uint64_t next;      // the block that is expected, counted without wrapping
  uint64_t acked;     // the last block that was acknowledged
  int complained;     // whether a gap or a doubled block was answered since the last progress
  double deadline;
};

static struct sockaddr_in server;
static unsigned char request[512];
static size_t request_bytes;
static const unsigned char *file;
static size_t file_bytes;
static int asked_window, asked_blksize, granted_window, granted_blksize;
static unsigned char *slots;
static long repeats, doubled, failures;
static int unfinished;

static double *times;
static size_t time_count, time_room;
static double *spreads;
static size_t spread_count, spread_room;
static double round_start;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static size_t put(size_t at, const char *text) {
  size_t length = strlen(text) + 1;
  memcpy(request + at, text, length);
  return at + length;
}

static void render_request(const char *name) {
  char number[16];
  request[1] = 1;
  size_t at = put(put(2, name), "octet");
  if (asked_blksize != 512) {
    snprintf(number, sizeof number, "%d", asked_blksize);
    at = put(put(at, "blksize"), number);
  }
  if (asked_window > 1) {
    snprintf(number, sizeof number, "%d", asked_window);
    at = put(put(at, "windowsize"), number);
  }
  request_bytes = at;
}

static void finish(struct transfer *t, double at) {
  t->done = 1;
  unfinished--;
  if (time_count == time_room) {
    time_room = time_room ? time_room * 2 : 4096;
    times = realloc(times, time_room * sizeof *times);
  }
  times[time_count++] = at - round_start;
}

static void fail(struct transfer *t, const char *why) {
  if (failures++ == 0) fprintf(stderr, "tftpload: %s\n", why);
  t->done = 1;
  unfinished--;
}

static void acknowledge(struct transfer *t, uint64_t block) {
  unsigned char ack[4] = {0, 4, (unsigned char)(block >> 8), (unsigned char)block};
  if (send(t->fd, ack, 4, MSG_DONTWAIT) < 0 && errno == ECONNREFUSED) fail(t, "refused");
  t->acked = block;
}

static void options(struct transfer *t, const unsigned char *p, size_t length) {
  const char *text = (const char *)p + 2, *end = (const char *)p + length;
  while (text < end) {
    const char *value = text + strlen(text) + 1;
    if (value >= end) break;
    if (!strcasecmp(text, "blksize")) t->blksize = atoi(value);
    if (!strcasecmp(text, "windowsize")) t->windowsize = atoi(value);
    text = value + strlen(value) + 1;
  }
}

// Takes one packet; returns whether more of the same window may be waiting.
static int take(struct transfer *t, const unsigned char *p, size_t length, double at) {
  if (t->done || length < 4) return 0;
  int opcode = p[0] << 8 | p[1];
  if (opcode == 5) {
    fail(t, length > 4 ? (const char *)p + 4 : "ERROR");
    return 0;
  }
  t->deadline = at + 1;
  if (opcode == 6) {
    if (t->next == 1) {
      options(t, p, length);
      acknowledge(t, 0);
    }
    return 0;
  }
  if (opcode != 3) return 1;
  granted_blksize = t->blksize;
  granted_window = t->windowsize;
  uint16_t number = p[2] << 8 | p[3];
  uint16_t ahead = number - (uint16_t)t->next;
  if (ahead != 0) {
    if (ahead >= 0x8000) doubled++;
    if (!t->complained) {
      t->complained = 1;
      acknowledge(t, t->next - 1);
    }
    return 1;
  }
  size_t offset = (t->next - 1) * t->blksize, payload = length - 4;
  size_t expected = file_bytes - offset < (size_t)t->blksize ? file_bytes - offset : (size_t)t->blksize;
  if (payload != expected || memcmp(file + offset, p + 4, payload)) {
    fail(t, "wrong content");
    return 0;
  }
  t->complained = 0;
  t->tries = 0;
  t->next++;
  if (payload < (size_t)t->blksize) {
    acknowledge(t, t->next - 1);
    finish(t, at);
    return 0;
  }
  if (t->next - 1 - t->acked >= (uint64_t)t->windowsize) {
    acknowledge(t, t->next - 1);
    return 0;
  }
  return 1;
}

static void readable(struct transfer *t) {
  struct mmsghdr messages[BATCH];
  struct iovec vectors[BATCH];
  char controls[BATCH][64];
  double at = now();
  struct sockaddr_in from;
  socklen_t from_bytes = sizeof from;
  if (!t->answered) {
    ssize_t length = recvfrom(t->fd, slots, SLOT, MSG_DONTWAIT, (struct sockaddr *)&from, &from_bytes);
    if (length < 0) return;
    t->answered = 1;
    if (connect(t->fd, (struct sockaddr *)&from, sizeof from)) die("connect");
    take(t, slots, length, at);
    return;
  }
  if (t->windowsize == 1) {
    ssize_t length = recv(t->fd, slots, SLOT, MSG_DONTWAIT);
    if (length >= 0)
      take(t, slots, length, at);
    else if (errno == ECONNREFUSED)
      fail(t, "refused");
    return;
  }
  for (int more = 1; more;) {
    for (int i = 0; i < BATCH; i++) {
      vectors[i] = (struct iovec){slots + i * SLOT, SLOT};
      messages[i].msg_hdr = (struct msghdr){.msg_iov = vectors + i,
                                            .msg_iovlen = 1,
                                            .msg_control = controls[i],
                                            .msg_controllen = sizeof controls[i]};
    }
    int count = recvmmsg(t->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (count <= 0) return;
    more = 0;
    for (int i = 0; i < count; i++) {
      size_t length = messages[i].msg_len, segment = length;
      for (struct cmsghdr *c = CMSG_FIRSTHDR(&messages[i].msg_hdr); c;
           c = CMSG_NXTHDR(&messages[i].msg_hdr, c))
        if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) segment = *(int *)CMSG_DATA(c);
      for (size_t start = 0; start < length; start += segment)
        more = take(t, slots + i * SLOT + start, length - start < segment ? length - start : segment, at);
    }
    if (count < BATCH) return;
  }
}

static void retry(struct transfer *t, double at) {
  if (++t->tries > MAX_TRIES) {
    fail(t, "no answer");
    return;
  }
  repeats++;
  if (!t->answered)
    sendto(t->fd, request, request_bytes, 0, (struct sockaddr *)&server, sizeof server);
  else
    acknowledge(t, t->next - 1);
  t->deadline = at + 1;
}

static void run_round(struct transfer *all, int clients) {
  struct epoll_event events[256];
  int epoll = epoll_create1(0), on = 1, buffer = 4 << 20;
  for (int i = 0; i < clients; i++) {
    struct transfer *t = all + i;
    *t = (struct transfer){.blksize = 512, .windowsize = 1, .next = 1};
    t->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (t->fd < 0) die("socket");
    setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (asked_window > 1) setsockopt(t->fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    // Bound before the round, as the search for a free port takes its time.
    struct sockaddr_in any = {.sin_family = AF_INET};
    if (bind(t->fd, (struct sockaddr *)&any, sizeof any)) die("bind");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = t};
    epoll_ctl(epoll, EPOLL_CTL_ADD, t->fd, &event);
  }
  unfinished = clients;
  round_start = now();
  for (int i = 0; i < clients; i++) {
    all[i].deadline = round_start + 1;
    sendto(all[i].fd, request, request_bytes, 0, (struct sockaddr *)&server, sizeof server);
  }
  double checked = round_start;
  while (unfinished) {
    int count = epoll_wait(epoll, events, 256, 100);
    for (int i = 0; i < count; i++) {
      struct transfer *t = events[i].data.ptr;
      if (t->done) {
        recv(t->fd, slots, SLOT, MSG_DONTWAIT);
      } else {
        readable(t);
      }
    }
    double at = now();
    if (at - checked > 0.1) {
      checked = at;
      for (int i = 0; i < clients; i++)
        if (!all[i].done && at > all[i].deadline) retry(all + i, at);
    }
  }
  for (int i = 0; i < clients; i++) close(all[i].fd);
  close(epoll);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, size_t of, double q) {
  size_t index = (size_t)(q * of);
  return of ? sorted[index < of ? index : of - 1] : 0;
}

// Notes how far the downloads of a round, the newest of all, lie apart.
static void note_spread(size_t first) {
  size_t of = time_count - first;
  if (!of) return;
  qsort(times + first, of, sizeof *times, ascending);
  if (spread_count == spread_room) {
    spread_room = spread_room ? spread_room * 2 : 256;
    spreads = realloc(spreads, spread_room * sizeof *spreads);
  }
  spreads[spread_count++] = quantile(times + first, of, 0.99) / quantile(times + first, of, 0.5);
}

static double cpu(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **words) {
  if (count != 10) {
    fprintf(stderr, "usage: %s ADDRESS PORT NAME FILE BLKSIZE WINDOWSIZE CLIENTS WARMUP SECONDS\n", words[0]);
    return 2;
  }
  server.sin_family = AF_INET;
  server.sin_port = htons(atoi(words[2]));
  inet_pton(AF_INET, words[1], &server.sin_addr);
  int fd = open(words[4], O_RDONLY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status)) die(words[4]);
  file_bytes = status.st_size;
  file = mmap(NULL, file_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (file == MAP_FAILED) die("mmap");
  asked_blksize = atoi(words[5]);
  asked_window = atoi(words[6]);
  int clients = atoi(words[7]);
  double warmup = atof(words[8]), seconds = atof(words[9]);
  slots = malloc(BATCH * SLOT);
  struct transfer *all = calloc(clients, sizeof *all);
  render_request(words[3]);

  double start = now();
  do run_round(all, clients);
  while (failures == 0 && now() - start < warmup);
  time_count = 0;
  repeats = doubled = 0;
  double used = cpu(), busy = 0;
  int rounds = 0;
  start = now();
  do {
    size_t first = time_count;
    run_round(all, clients);
    busy += now() - round_start;
    note_spread(first);
    rounds++;
  } while (failures == 0 && now() - start < seconds);
  used = cpu() - used;

  double elapsed = now() - start, moved = (double)time_count * file_bytes / (1 << 20);
  qsort(times, time_count, sizeof *times, ascending);
  qsort(spreads, spread_count, sizeof *spreads, ascending);
  printf("%.1f %.2f %.2f %.2f %d %ld %ld %ld %d %d %.2f %.2f\n", moved / busy,
         quantile(times, time_count, 0.5) * 1e3, quantile(times, time_count, 0.99) * 1e3,
         quantile(times, time_count, 1) * 1e3, rounds, repeats, doubled, failures, granted_blksize,
         granted_window, used / elapsed, quantile(spreads, spread_count, 0.5));
  return failures != 0;
}

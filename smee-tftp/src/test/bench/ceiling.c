// SPDX-License-Identifier: Apache-2.0
//
// What a server could reach at best, for the benchmark: a TFTP server without logic. One loop, a
// socket for all, one file that lies in memory as ready packets, windows by UDP_SEGMENT. No limits,
// no timers, no repeats, no errors: only for a clean wire and for tftpload. See `run` beside this.
//
//   ceiling ADDRESS PORT FILE [MICROSECONDS]
//
// With a last word it looks for the next packet that long before it goes to sleep.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { BATCH = 16, SLOT = 2048, MAX_SEGMENTS = 64, MAX_BYTES = 65000, HEADER = 4 };

struct transfer {
  int blksize, windowsize;
  uint64_t acked, last;
  const unsigned char *packets;
};

static struct transfer transfers[65536]; // by the client's port
static unsigned char *rendered[65536];   // by the block size
static const unsigned char *file;
static size_t file_bytes;
static int fd;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static const unsigned char *render(size_t blksize) {
  if (rendered[blksize]) return rendered[blksize];
  size_t count = file_bytes / blksize + 1;
  unsigned char *all = rendered[blksize] = malloc(count * (blksize + HEADER));
  for (size_t i = 0; i < count; i++) {
    unsigned char *p = all + i * (blksize + HEADER);
    size_t left = file_bytes - i * blksize;
    p[0] = 0;
    p[1] = 3;
    p[2] = (i + 1) >> 8;
    p[3] = i + 1;
    memcpy(p + HEADER, file + i * blksize, left < blksize ? left : blksize);
  }
  return all;
}

static void send_window(struct transfer *t, struct sockaddr_in *to) {
  size_t packet = t->blksize + HEADER;
  uint64_t next = t->acked + 1, end = t->acked + t->windowsize, most = MAX_BYTES / packet;
  if (end > t->last) end = t->last;
  if (most > MAX_SEGMENTS) most = MAX_SEGMENTS;
  if (most < 1) most = 1;
  while (next <= end) {
    uint64_t count = end - next + 1 < most ? end - next + 1 : most;
    size_t bytes = count * packet;
    if (next + count - 1 == t->last) bytes -= t->blksize - file_bytes % t->blksize;
    char control[CMSG_SPACE(sizeof(uint16_t))] = {0};
    struct iovec vector = {(void *)(t->packets + (next - 1) * packet), bytes};
    struct msghdr message = {
        .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &vector, .msg_iovlen = 1};
    if (count > 1) {
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      struct cmsghdr *segment = CMSG_FIRSTHDR(&message);
      segment->cmsg_level = SOL_UDP;
      segment->cmsg_type = UDP_SEGMENT;
      segment->cmsg_len = CMSG_LEN(sizeof(uint16_t));
      *(uint16_t *)CMSG_DATA(segment) = packet;
    }
    if (sendmsg(fd, &message, 0) < 0) perror("sendmsg");
    next += count;
  }
}

// Answers a request; grants whatever it is asked for.
static void begin(struct transfer *t, char *packet, size_t length, struct sockaddr_in *from) {
  char answer[512] = {0, 6}, *text = packet + 2, *end = packet + length;
  size_t at = 2;
  *t = (struct transfer){.blksize = 512, .windowsize = 1};
  text += strlen(text) + 1;
  text += strlen(text) + 1;
  while (text < end) {
    char *value = text + strlen(text) + 1;
    size_t pair = value + strlen(value) + 1 - text;
    if (!strcmp(text, "blksize")) t->blksize = atoi(value);
    if (!strcmp(text, "windowsize")) t->windowsize = atoi(value);
    memcpy(answer + at, text, pair);
    at += pair;
    text += pair;
  }
  t->packets = render(t->blksize);
  t->last = file_bytes / t->blksize + 1;
  if (at > 2)
    sendto(fd, answer, at, 0, (struct sockaddr *)from, sizeof *from);
  else
    send_window(t, from);
}

static void take(unsigned char *packet, size_t length, struct sockaddr_in *from) {
  struct transfer *t = &transfers[ntohs(from->sin_port)];
  if (packet[1] == 1) {
    begin(t, (char *)packet, length, from);
  } else if (packet[1] == 4) {
    uint16_t block = packet[2] << 8 | packet[3];
    uint64_t number = t->acked + (uint16_t)(block - t->acked);
    if (number >= t->last || (number == t->acked && number)) return;
    t->acked = number;
    send_window(t, from);
  }
}

int main(int count, char **words) {
  if (count < 4) {
    fprintf(stderr, "usage: %s ADDRESS PORT FILE [MICROSECONDS]\n", words[0]);
    return 2;
  }
  double awake = count > 4 ? atof(words[4]) : 0;
  int source = open(words[3], O_RDONLY), buffer = 4 << 20, epoll = epoll_create1(0);
  struct stat status;
  if (source < 0 || fstat(source, &status)) die(words[3]);
  file_bytes = status.st_size;
  file = mmap(NULL, file_bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, source, 0);
  if (file == MAP_FAILED) die("mmap");
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
  inet_pton(AF_INET, words[1], &here.sin_addr);
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (bind(fd, (struct sockaddr *)&here, sizeof here)) die("bind");
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);

  static unsigned char slots[BATCH][SLOT];
  struct mmsghdr messages[BATCH];
  struct iovec vectors[BATCH];
  struct sockaddr_in from[BATCH];
  for (;;) {
    int ready = 0;
    if (awake > 0)
      for (double start = micros(); !ready && micros() - start < awake;)
        ready = epoll_wait(epoll, &event, 1, 0);
    if (!ready) epoll_wait(epoll, &event, 1, -1);
    for (int i = 0; i < BATCH; i++) {
      vectors[i] = (struct iovec){slots[i], SLOT - 1};
      messages[i].msg_hdr = (struct msghdr){.msg_name = from + i,
                                            .msg_namelen = sizeof from[i],
                                            .msg_iov = vectors + i,
                                            .msg_iovlen = 1};
    }
    int received = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++)
      if (messages[i].msg_len >= 4) take(slots[i], messages[i].msg_len, from + i);
  }
}

/*
 * What the system itself takes for serving: a program that does nothing but send frames in time, with
 * the same system calls as rtspkit and nothing else. No file, no pausing, no RTCP, no second client
 * dialect, no defence against anybody. What a server costs beyond this one is its own doing.
 *
 *     gcc -O2 -o bare_sender bare_sender.c
 *     ./bare_sender PORT FRAME_BYTES
 *
 * 25 frames a second to whoever plays, each viewer from the first frame on. 128 viewers share a moment
 * at which their frames leave. Over UDP a frame is one sendmsg that the kernel cuts apart
 * (UDP_SEGMENT), over TCP one send. Linux, IPv4, loopback.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  FRAMES = 500,          /* of the clip, each in memory of its own */
  INTERVAL_US = 40000,
  MOMENTS = 16,          /* within an interval */
  SHARE = 128,           /* viewers of a moment */
  VIEWERS = 4096,
  RTP_HEADER = 12,
  JPEG_HEADER = 8,       /* RFC 2435, section 3.1 */
  PACKET = 1412,
  PAYLOAD = PACKET - RTP_HEADER - JPEG_HEADER,
  INTERLEAVED = 4,       /* RFC 2326, section 10.12 */
  TICKS = 3600,          /* of the 90 kHz clock, from frame to frame */
  REQUEST = 4096,
};

struct viewer {
  int connection;
  char text[REQUEST];
  size_t length;
  struct sockaddr_in receiver;
  bool is_interleaved, is_playing;
  int frame;
  uint16_t sequence;
  uint32_t timestamp, ssrc;
};

/* A frame's packets, one behind the other: for datagrams, and with room for TCP's framing. */
static uint8_t *datagrams[FRAMES], *interleaved[FRAMES];
static int packets, frame_bytes;
static struct viewer *viewers[VIEWERS];
static int viewer_count;
static int udp, udp_port, epoll;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Packet `at` of a frame that lies at `to`, all but what each viewer has of its own. */
static int lay_out_packet(uint8_t *to, int at) {
  int offset = at * PAYLOAD;
  int left = frame_bytes - offset;
  int length = RTP_HEADER + JPEG_HEADER + (left < PAYLOAD ? left : PAYLOAD);
  to[0] = 0x80;
  to[1] = (uint8_t)((at == packets - 1 ? 0x80 : 0) | 26);
  uint8_t *jpeg = to + RTP_HEADER;
  jpeg[1] = (uint8_t)(offset >> 16), jpeg[2] = (uint8_t)(offset >> 8), jpeg[3] = (uint8_t)offset;
  jpeg[4] = 1, jpeg[5] = 50, jpeg[6] = 640 / 8, jpeg[7] = 480 / 8;
  return length;
}

static uint8_t *random_bytes(size_t length) {
  uint8_t *bytes = malloc(length);
  if (bytes == NULL) fail("malloc");
  for (size_t i = 0; i < length; i++) bytes[i] = (uint8_t)rand();
  return bytes;
}

static void lay_out_frames(void) {
  packets = (frame_bytes + PAYLOAD - 1) / PAYLOAD;
  for (int f = 0; f < FRAMES; f++) {
    datagrams[f] = random_bytes((size_t)packets * PACKET);
    interleaved[f] = random_bytes((size_t)packets * (INTERLEAVED + PACKET));
    for (int i = 0; i < packets; i++) {
      lay_out_packet(datagrams[f] + i * PACKET, i);
      uint8_t *block = interleaved[f] + i * (INTERLEAVED + PACKET);
      int length = lay_out_packet(block + INTERLEAVED, i);
      block[0] = '$', block[1] = 0, block[2] = (uint8_t)(length >> 8), block[3] = (uint8_t)length;
    }
  }
}

/* Writes what is the viewer's own into a frame's headers. */
static void write_headers(struct viewer *viewer, uint8_t *first, int stride) {
  uint32_t timestamp = htonl(viewer->timestamp);
  for (int i = 0; i < packets; i++) {
    uint8_t *packet = first + i * stride;
    uint16_t sequence = htons(viewer->sequence++);
    memcpy(packet + 2, &sequence, sizeof sequence);
    memcpy(packet + 4, &timestamp, sizeof timestamp);
    memcpy(packet + 8, &viewer->ssrc, sizeof viewer->ssrc);
  }
}

static void send_datagrams(struct viewer *viewer) {
  uint8_t *frame = datagrams[viewer->frame];
  write_headers(viewer, frame, PACKET);
  size_t length = (size_t)frame_bytes + (size_t)packets * (RTP_HEADER + JPEG_HEADER);
  struct iovec piece = {.iov_base = frame, .iov_len = length};
  char control[CMSG_SPACE(sizeof(uint16_t))] = {0};
  struct msghdr message = {
      .msg_name = &viewer->receiver,
      .msg_namelen = sizeof viewer->receiver,
      .msg_iov = &piece,
      .msg_iovlen = 1,
      .msg_control = control,
      .msg_controllen = sizeof control,
  };
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  uint16_t segment = PACKET;
  memcpy(CMSG_DATA(header), &segment, sizeof segment);
  if (sendmsg(udp, &message, 0) < 0) perror("sendmsg");
}

static void send_interleaved(struct viewer *viewer) {
  uint8_t *frame = interleaved[viewer->frame];
  write_headers(viewer, frame + INTERLEAVED, INTERLEAVED + PACKET);
  size_t length = (size_t)frame_bytes + (size_t)packets * (INTERLEAVED + RTP_HEADER + JPEG_HEADER);
  ssize_t sent = send(viewer->connection, frame, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  /* A reader that is behind is none that this program serves. */
  if (sent != (ssize_t)length) viewer->is_playing = false;
}

static void send_frame(struct viewer *viewer) {
  if (!viewer->is_playing) return;
  if (viewer->is_interleaved) send_interleaved(viewer);
  else send_datagrams(viewer);
  viewer->frame = (viewer->frame + 1) % FRAMES;
  viewer->timestamp += TICKS;
}

static void send_moment(int moment) {
  for (int first = moment * SHARE; first < viewer_count; first += MOMENTS * SHARE) {
    for (int i = first; i < first + SHARE && i < viewer_count; i++) send_frame(viewers[i]);
  }
}

static void answer(struct viewer *viewer, const char *request, int id) {
  const char *cseq = strcasestr(request, "\nCSeq:");
  char text[1024], transport[256] = "";
  const char *body = "";
  if (strncmp(request, "DESCRIBE", 8) == 0) {
    body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=control:*\r\n"
           "m=video 0 RTP/AVP 26\r\na=framerate:25\r\na=control:track\r\n";
  } else if (strncmp(request, "SETUP", 5) == 0) {
    const char *ports = strstr(request, "client_port=");
    viewer->is_interleaved = ports == NULL;
    int port = ports == NULL ? 0 : atoi(ports + strlen("client_port="));
    viewer->receiver.sin_port = htons((uint16_t)port);
    if (ports == NULL) {
      snprintf(transport, sizeof transport, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    } else {
      snprintf(transport, sizeof transport,
               "Transport: RTP/AVP;unicast;client_port=%d-%d;server_port=%d-%d\r\n", port, port + 1,
               udp_port, udp_port + 1);
    }
  }
  int length = snprintf(text, sizeof text,
                        "RTSP/1.0 200 OK\r\nCSeq: %d\r\nSession: %d\r\n%s"
                        "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
                        "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
                        cseq == NULL ? 0 : atoi(cseq + strlen("\nCSeq:")), id, transport,
                        strlen(body), body);
  if (send(viewer->connection, text, (size_t)length, MSG_NOSIGNAL) != length) perror("send");
  if (strncmp(request, "PLAY", 4) == 0) viewer->is_playing = true;
  if (strncmp(request, "TEARDOWN", 8) == 0) viewer->is_playing = false;
}

static void accept_viewer(int listener) {
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  int connection = accept(listener, (struct sockaddr *)&peer, &length);
  if (connection < 0 || viewer_count == VIEWERS) fail("accept");
  int yes = 1, room = 1 << 20;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(connection, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  struct viewer *viewer = calloc(1, sizeof *viewer);
  if (viewer == NULL) fail("calloc");
  viewer->connection = connection;
  viewer->receiver = peer;
  viewer->ssrc = (uint32_t)rand();
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)viewer_count + 1};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection, &event) < 0) fail("epoll_ctl");
  viewers[viewer_count++] = viewer;
}

static void read_requests(int id) {
  struct viewer *viewer = viewers[id];
  size_t room = sizeof viewer->text - 1 - viewer->length;
  ssize_t length = read(viewer->connection, viewer->text + viewer->length, room);
  if (length <= 0) {
    viewer->is_playing = false;
    close(viewer->connection);
    return;
  }
  viewer->length += (size_t)length;
  viewer->text[viewer->length] = 0;
  for (char *end; (end = strstr(viewer->text, "\r\n\r\n")) != NULL;) {
    *end = 0;
    answer(viewer, viewer->text, id + 1);
    size_t taken = (size_t)(end + 4 - viewer->text);
    viewer->length -= taken;
    memmove(viewer->text, end + 4, viewer->length + 1);
  }
}

/* Waits for requests until that time, and answers them. */
static void serve_until(int listener, int64_t until) {
  for (int64_t left; (left = until - now_us()) > 0;) {
    struct timespec rest = {.tv_nsec = (long)left * 1000};
    struct pollfd waiting = {.fd = epoll, .events = POLLIN};
    if (ppoll(&waiting, 1, &rest, NULL) <= 0) continue;
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, 0);
    for (int i = 0; i < count; i++) {
      if (events[i].data.u32 == 0) accept_viewer(listener);
      else read_requests((int)events[i].data.u32 - 1);
    }
  }
}

static int open_socket(int type, int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  int opened = socket(AF_INET, type, 0), yes = 1;
  if (opened < 0) fail("socket");
  setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(opened, (struct sockaddr *)&address, length) < 0) fail("bind");
  if (getsockname(opened, (struct sockaddr *)&address, &length) < 0) fail("getsockname");
  *port = ntohs(address.sin_port);
  return opened;
}

int main(int count, char **words) {
  int port = count == 3 ? atoi(words[1]) : 0;
  frame_bytes = count == 3 ? atoi(words[2]) : 0;
  if (port <= 0 || port > 65535 || frame_bytes <= 0 || frame_bytes > 60000) {
    fprintf(stderr, "usage: bare_sender PORT FRAME_BYTES (1 to 60000)\n");
    return 2;
  }
  lay_out_frames();
  int listener = open_socket(SOCK_STREAM, &port);
  if (listen(listener, 1024) < 0) fail("listen");
  udp = open_socket(SOCK_DGRAM, &udp_port);
  int room = 4 << 20;
  setsockopt(udp, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
  for (int64_t start = now_us();; start += INTERVAL_US) {
    for (int moment = 0; moment < MOMENTS; moment++) {
      if (moment * SHARE >= viewer_count) continue;
      serve_until(listener, start + moment * INTERVAL_US / MOMENTS);
      send_moment(moment);
    }
    serve_until(listener, start + INTERVAL_US);
  }
}

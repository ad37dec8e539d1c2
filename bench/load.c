/* A closed loop over kept-alive connections that costs next to nothing, so that on a small machine the servers are
 * measured and not the load. Usage: load PORT CONNECTIONS WARM_S SECONDS FILE; FILE holds requests, each after its
 * length (32 bits, as this machine writes them). Prints: answers 200 counted, all answers, other answers, seconds. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 65536, MOST = 256 };

struct connection {
    int socket;
    char answer[ROOM];
    size_t got;
};

static struct connection connections[MOST];
static char *requests;
static size_t size, next;
static int port;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void connect_to(struct connection *c) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* Send the next request; 0 where none is left. */
static int ask(struct connection *c) {
    uint32_t length;
    if (next + sizeof length > size) return 0;
    memcpy(&length, requests + next, sizeof length);
    next += sizeof length;
    for (size_t sent = 0; sent < length;) {
        ssize_t n = send(c->socket, requests + next + sent, length - sent, MSG_NOSIGNAL);
        if (n <= 0) fail("send");
        sent += n;
    }
    next += length;
    c->got = 0;
    return 1;
}

/* The status of a whole answer; 0 while it is not whole. */
static int status_of(struct connection *c) {
    c->answer[c->got] = 0;
    char *end = strstr(c->answer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(c->answer, "content-length:");
    size_t body = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
    return c->got >= (size_t)(end + 4 - c->answer) + body ? atoi(c->answer + 9) : 0;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    port = atoi(argv[1]);
    int count = atoi(argv[2]);
    double warm = atof(argv[3]), seconds = atof(argv[4]);
    FILE *file = fopen(argv[5], "rb");
    if (!file || count < 1 || count > MOST) return 2;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    requests = malloc(size);
    if (!requests || fread(requests, 1, size, file) != size) fail("read");
    struct pollfd waits[MOST];
    int busy = 0;
    for (int i = 0; i < count; i++) {
        connect_to(&connections[i]);
        waits[i] = (struct pollfd){.fd = connections[i].socket, .events = POLLIN};
        busy += ask(&connections[i]);
    }
    long counted = 0, all = 0, other = 0;
    double from = now() + warm, until = from + seconds;
    while (busy && poll(waits, count, 10000) > 0) {
        for (int i = 0; i < count; i++) {
            struct connection *c = &connections[i];
            if (!waits[i].revents) continue;
            ssize_t n = recv(c->socket, c->answer + c->got, ROOM - 1 - c->got, 0);
            if (n <= 0) fail("recv");
            c->got += n;
            int status = status_of(c);
            if (!status) continue;
            double at = now();
            all++;
            other += status != 200;
            counted += status == 200 && at >= from && at < until;
            if (at >= until || !ask(c)) {
                busy--;
                waits[i].fd = -1;
            }
        }
    }
    printf("%ld %ld %ld %f\n", counted, all, other, seconds);
    return busy != 0;
}

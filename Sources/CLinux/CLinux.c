#define _GNU_SOURCE 1
#include "CLinux.h"

#include <endian.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t keruen_monotonic_ns(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t keruen_realtime_ns(void) { return read_clock(CLOCK_REALTIME); }
int64_t keruen_thread_cpu_ns(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
int64_t keruen_process_cpu_ns(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

void keruen_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

void keruen_fine_timers(void) { prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0); }

int keruen_tcp_info(int fd, struct keruen_tcp_info *info) {
    struct tcp_info kernel = {0};
    socklen_t size = sizeof kernel;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &kernel, &size) != 0) return -1;
    info->rtt_us = kernel.tcpi_rtt;
    info->rtt_variance_us = kernel.tcpi_rttvar;
    info->retransmits_total = kernel.tcpi_total_retrans;
    // Asked for second: what comes in between makes too little of what was taken, never too much.
    int waiting = 0;
    if (ioctl(fd, FIONREAD, &waiting) != 0 || waiting < 0) waiting = 0;
    info->bytes_taken =
        kernel.tcpi_bytes_received > (uint64_t)waiting ? kernel.tcpi_bytes_received - (uint64_t)waiting : 0;
    return 0;
}

uint64_t keruen_socket_cookie(int fd) {
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

int keruen_shut_connection(int fd, uint64_t cookie) {
    // A descriptor of our own: between the look and the end libzmq may close its own and give the number to another.
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    // Where there are no more descriptors, connections must be shut all the more.
    int held = own < 0 ? fd : own;
    int listens = 0;
    socklen_t size = sizeof listens;
    int result = -1;
    if (cookie != 0 && keruen_socket_cookie(held) == cookie
        && getsockopt(held, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && !listens)
        result = shutdown(held, SHUT_RDWR);
    if (own >= 0) close(own);
    return result;
}

int keruen_peer_address(int fd, uint64_t *high, uint64_t *low) {
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &size) != 0) return -1;
    unsigned char bytes[16] = {[10] = 0xFF, [11] = 0xFF};
    if (address.ss_family == AF_INET6)
        memcpy(bytes, &((struct sockaddr_in6 *)&address)->sin6_addr, 16);
    else
        memcpy(bytes + 12, &((struct sockaddr_in *)&address)->sin_addr, 4);
    memcpy(high, bytes, 8);
    memcpy(low, bytes + 8, 8);
    *high = be64toh(*high);
    *low = be64toh(*low);
    return 0;
}

int64_t keruen_resident_bytes(void) {
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    char text[128] = {0};
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return -1;
    char *resident = strchr(text, ' ');
    return resident ? strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE) : -1;
}

int64_t keruen_file_limit(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (int64_t)limit.rlim_cur : -1;
}

int keruen_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void keruen_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;  // full means already signalled
}

void keruen_eventfd_drain(int fd) {
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;  // empty means nothing to take
}

int64_t keruen_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    return (int64_t)limit.rlim_cur;
}

void keruen_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGTERM); }

int keruen_has_wide_vectors(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("x86-64-v3") != 0;
#else
    return 0;
#endif
}

void keruen_free_messages_without_lock(void) {
#ifdef M_MXFAST
    mallopt(M_MXFAST, 160);
#endif
}

// Linux calls that Swift's Glibc module does not show.
#ifndef KERUEN_CLINUX_H
#define KERUEN_CLINUX_H
#define _GNU_SOURCE 1
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

/// Nanoseconds of CLOCK_MONOTONIC.
static inline int64_t keruen_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Nanoseconds of CPU time used by the calling thread.
static inline int64_t keruen_thread_cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Nanoseconds of CPU time used by the whole process.
static inline int64_t keruen_process_cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// TCP_INFO of a connected socket. Returns 0, or -1 with errno.
static inline int keruen_tcp_info(int fd, struct tcp_info *info) {
    socklen_t size = sizeof *info;
    __builtin_memset(info, 0, sizeof *info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size);
}

/// The kernel's unique number of a socket, against descriptor reuse. 0 when it cannot be read.
static inline uint64_t keruen_socket_cookie(int fd) {
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
#ifdef SO_COOKIE
    if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return 0;
#endif
    return cookie;
}
#endif

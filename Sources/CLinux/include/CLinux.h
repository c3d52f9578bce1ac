// Linux calls that Swift's Glibc module does not show. No system header is included here: Swift would
// see its definitions twice.
#ifndef KERUEN_CLINUX_H
#define KERUEN_CLINUX_H
#include <stdint.h>

/// Nanoseconds of CLOCK_MONOTONIC.
int64_t keruen_monotonic_ns(void);
/// Nanoseconds since 1970 of CLOCK_REALTIME.
int64_t keruen_realtime_ns(void);
/// Nanoseconds of CPU time used by the calling thread.
int64_t keruen_thread_cpu_ns(void);
/// Nanoseconds of CPU time used by the whole process.
int64_t keruen_process_cpu_ns(void);

/// Has the cache line at an address brought near, if it may be read; never faults. In the header, so that it costs
/// one instruction.
static inline void keruen_prefetch(const void *address) { __builtin_prefetch(address); }

/// Names the calling thread for debuggers and /proc; at most 15 bytes.
void keruen_name_thread(const char *name);

/// Timeouts of the calling thread end within a microsecond of their time instead of 50 (PR_SET_TIMERSLACK).
void keruen_fine_timers(void);

/// What the kernel knows of a TCP connection (TCP_INFO).
struct keruen_tcp_info {
    uint32_t rtt_us;
    uint32_t rtt_variance_us;
    uint32_t retransmits_total;
    /// What the program has taken in: received, without what still waits in the kernel.
    uint64_t bytes_taken;
};
/// Fills `info` for a connected socket. Returns 0, or -1 with errno.
int keruen_tcp_info(int fd, struct keruen_tcp_info *info);

/// The kernel's unique number of a socket, against descriptor reuse. 0 when it cannot be read.
uint64_t keruen_socket_cookie(int fd);

/// Ends the connection of this descriptor in both directions, if it is still the one of this cookie; never a listener.
/// 0 when it did.
int keruen_shut_connection(int fd, uint64_t cookie);

/// Who is at the other end of a TCP connection: an IPv6 address in two halves, an IPv4 address mapped into it
/// (::ffff:a.b.c.d). Returns 0, or -1 with errno.
int keruen_peer_address(int fd, uint64_t *high, uint64_t *low);

/// Resident memory of the process in bytes, or -1.
int64_t keruen_resident_bytes(void);

/// The soft limit of open files, or -1.
int64_t keruen_file_limit(void);

/// A non-blocking eventfd, or -1 with errno.
int keruen_eventfd(void);
/// Wakes whoever polls the eventfd.
void keruen_eventfd_signal(int fd);
/// Takes all signals off the eventfd.
void keruen_eventfd_drain(int fd);

/// The process gets SIGTERM when the one that started it ends.
void keruen_end_with_parent(void);

/// Memory of up to 160 bytes that one thread frees and another allocated goes back without a lock (glibc's fast
/// bins, M_MXFAST). A telemetry message of libzmq's is a little too long for the usual limit of 128.
void keruen_free_messages_without_lock(void);

/// Whether this machine runs the vector kernels that are built for x86-64-v3 (AVX2, FMA and what came with them).
int keruen_has_wide_vectors(void);

/// Raises the soft limit of open files to the hard one. Returns the limit now in force, or -1.
int64_t keruen_raise_file_limit(void);
#endif

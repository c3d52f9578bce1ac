#ifndef KERUEN_CZEROMQ_SHIM_H
#define KERUEN_CZEROMQ_SHIM_H
#include <stdint.h>
#include <string.h>
#include <zmq.h>

/// ZMQ_ZERO_COPY_RECV, which zmq.h shows only to those who build libzmq with its draft parts. The library as
/// Debian builds it knows it all the same.
enum { KERUEN_ZMQ_ZERO_COPY_RECV = 10 };

/// Where libzmq 4.2 and 4.3 keep a received frame's pointer to its connection's properties, which all frames of that
/// connection share and count. 0: none. Only its equality with another frame's means anything, and only while that
/// other frame is held.
static inline uintptr_t keruen_zmq_connection(const zmq_msg_t *message) {
    uintptr_t properties;
    memcpy(&properties, message, sizeof properties);
    return properties;
}
#endif

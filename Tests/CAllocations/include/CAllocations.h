// Counts every heap allocation of the calling thread. Linked into tests only.
#include <stdint.h>
/// Allocations made by the calling thread since it started.
uint64_t keruen_allocations(void);

/* Memory of one table serves for the next: columns of some megabytes each, which the C library would otherwise give back
   to the system after every table, to be taken and zeroed anew, page by page: a sixth of the time of a list. */
#ifdef __linux__
#include <malloc.h>
#endif

#ifdef __GLIBC__
enum { ASIDE = 32 << 20 }; /* from here on pieces are mapped each for itself; what lies free at the end and is kept */

static __attribute__((constructor)) void memory_kept(void) {
    mallopt(M_MMAP_THRESHOLD, ASIDE);
    mallopt(M_TRIM_THRESHOLD, ASIDE);
}
#endif

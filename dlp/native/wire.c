/* What the lines of a mail are like, as they go over the wire. */
#include <stdint.h>
#include <string.h>

enum { BARE = 1, DOTTED = 2, LONGER = 4 };

/* BARE: a CR or LF stands alone. DOTTED: a line but the first begins with a dot. LONGER: a line has more than `limit`
   bytes before its end. */
int64_t wire(const uint8_t *data, int64_t size, int64_t limit) {
    const uint8_t *at = data, *end = data + size;
    int64_t told = 0;
    while (at < end) {
        const uint8_t *feed = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *stop = feed ? feed : end;
        if (feed && (feed == at || feed[-1] != '\r'))
            told |= BARE;
        if (feed && feed > at)
            stop = feed[-1] == '\r' ? feed - 1 : feed;
        if (stop > at && memchr(at, '\r', (size_t)(stop - at)))
            told |= BARE;
        if (at > data && *at == '.')
            told |= DOTTED;
        if (stop - at > limit)
            told |= LONGER;
        if (!feed)
            break;
        at = feed + 1;
    }
    return told;
}

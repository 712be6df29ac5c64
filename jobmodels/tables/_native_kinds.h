/* The kinds of values that may stand in a hole, as `_kinds` has them by patterns: how far a value of each goes. */

#include <stdint.h>
#include <string.h>

typedef const uint8_t *At;

static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }
static inline int is_letter(uint8_t byte) { return (uint8_t)((byte | 32) - 'a') < 26; }
static inline int is_name(uint8_t byte) { return is_digit(byte) || is_letter(byte) || byte == '_' || byte == '-'; }
static inline int is_plain(uint8_t byte) { return byte != '"' && byte != '\\' && byte >= ' '; }

/* Whether text of a kind may begin with a byte: not as a document does, nor with what Python counts as a blank. */
static inline int is_first(uint8_t b) {
    return b == '!' || (b >= '#' && b <= 'Z') || (b >= ']' && b <= 'z') || (b >= '|' && b <= '~') ||
           (b >= 0xc3 && b <= 0xdf) || (b >= 0xe4 && b <= 0xee) || (b >= 0xf0 && b <= 0xf4);
}

/* Bytes that are looked at together. */
typedef uint8_t Block __attribute__((vector_size(16)));
enum { BLOCK = sizeof(Block) };

static inline Block block(At at) {
    Block bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* Whether anything is told of any byte. */
static inline int is_any(Block told) {
    uint64_t halves[2];
    memcpy(halves, &told, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

static inline uint64_t eight(At at) {
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

static inline int same(At one, At other, int64_t size) {
    if (size >= 8) {
        for (; size > 8; one += 8, other += 8, size -= 8)
            if (eight(one) != eight(other)) return 0;
        return eight(one + size - 8) == eight(other + size - 8);
    }
    while (size--)
        if (*one++ != *other++) return 0;
    return 1;
}

/* The first byte behind plain text. */
static inline At plain(At at, At end) {
    for (; end - at >= BLOCK; at += BLOCK) {
        Block bytes = block(at);
        if (is_any((bytes == '"') | (bytes == '\\') | (bytes < ' '))) break;
    }
    while (at < end && is_plain(*at)) at++;
    return at;
}

/* The first byte behind digits, of which `most` are taken at most. */
static inline At digits(At at, At end, int64_t most) {
    At stop = end - at > most ? at + most : end;
    while (at < stop && is_digit(*at)) at++;
    return at;
}

static inline At whole(At at, At end) { return at < end && *at >= '1' && *at <= '9' ? digits(at + 1, end, 17) : 0; }

static inline At count(At at, At end) { return at < end && *at == '0' ? at + 1 : whole(at, end); }

/* The first byte behind a point and digits; where there are none, the point. */
static inline At fraction(At at, At end) {
    if (at == end || *at != '.') return at;
    At behind = digits(at + 1, end, 6);
    return behind == at + 1 ? at : behind;
}

/* A number of two digits; one that is too large for all where there is none. */
static inline unsigned two(At at) {
    return is_digit(at[0]) && is_digit(at[1]) ? (at[0] - '0') * 10u + at[1] - '0' : 100u;
}

static At moment(At at, At end) {
    static const uint8_t days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (end - at < 20 || at[4] != '-' || at[7] != '-' || at[13] != ':' || at[16] != ':') return 0;
    unsigned century = two(at), month = two(at + 5), day = two(at + 8);
    if ((century != 19 && century != 20) || two(at + 2) > 99 || (at[10] != 'T' && at[10] != ' ')) return 0;
    if (month < 1 || month > 12 || day < 1 || day > days[month]) return 0;
    if (two(at + 11) > 23 || two(at + 14) > 59 || two(at + 17) > 59) return 0;
    at = fraction(at + 19, end);
    if (at < end && *at == 'Z') return at + 1;
    if (end - at >= 6 && same(at, (At) "+00:00", 6)) return at + 6;
    return end - at >= 5 && same(at, (At) "+0000", 5) ? at + 5 : 0;
}

static At name(At at, At end) {
    At begin = at;
    while (at < end && at - begin < 100 && is_name(*at) && !is_letter(*at)) at++;
    if (at == end || !is_letter(*at)) return 0;
    for (begin = ++at; at < end && at - begin < 100 && is_name(*at);) at++;
    return at;
}

/* The kinds of `_kinds`, in the order of `_programs`. */
enum { TEXT, PROSE, QUOTED, WORD, ID, POSITIVE, COUNT, INTEGER, PERCENT, FRACTION, SECONDS, MOMENT, FLAG };

/* The first byte behind a value of a kind, which takes as much as it can; nothing where there is none. */
static At taken(int32_t kind, At at, At end) {
    At begin = at, behind;
    if (at == end) return 0;
    switch (kind) {
    case TEXT:
        return is_first(*at) ? plain(at, end) : 0;
    case PROSE:
        if (!is_first(*at)) return 0;
        behind = digits(at, end, 6);
        return behind - at == 6 && behind < end && *behind == ':' ? 0 : plain(behind, end);
    case QUOTED:
        if (*at != '\'') return 0;
        for (at++; at < end && is_plain(*at) && *at != '[' && *at != ']';) at++;
        return at;
    case WORD:
        while (at < end && at - begin < 200 && (is_name(*at) || *at == '.')) at++;
        return at == begin ? 0 : at;
    case ID:
        return name(at, end);
    case POSITIVE:
        return whole(at, end);
    case COUNT:
        return count(at, end);
    case INTEGER:
        return *at == '-' ? whole(at + 1, end) : count(at, end);
    case PERCENT:
        if (end - at >= 3 && same(at, (At) "100", 3)) return at + 3;
        if (!is_digit(*at)) return 0;
        return *at != '0' && end - at > 1 && is_digit(at[1]) ? at + 2 : at + 1;
    case FRACTION:
        at += *at == '-';
        if (at == end || !is_digit(*at)) return 0;
        at = *at == '0' ? at + 1 : digits(at, end, 10);
        behind = fraction(at, end);
        return behind == at ? 0 : behind;
    case SECONDS:
        at = digits(at, end, 7);
        return at == begin ? 0 : fraction(at, end);
    case MOMENT:
        return moment(at, end);
    case FLAG:
        if (end - at >= 4 && same(at, (At) "true", 4)) return at + 4;
        return end - at >= 5 && same(at, (At) "false", 5) ? at + 5 : 0;
    }
    return 0;
}

/* Entries that are found by what they hold. */

#ifdef _WIN32
#define GIVEN __declspec(dllexport)
#else
#define GIVEN __attribute__((visibility("default")))
#endif

/* Entries of stretches, to be found: the edges of all stretches in `told`, and slots with the numbers of entries. */
typedef struct {
    At told;
    const int32_t *edges, *slots;
    uint64_t mask;
} Table;

static inline uint64_t mixed(uint64_t hash, At at, int64_t size) {
    const uint64_t factor = 0x9E3779B97F4A7C15u;
    uint64_t rest = (uint64_t)size;
    for (; size >= 8; at += 8, size -= 8) hash = (hash ^ eight(at)) * factor, hash ^= hash >> 29;
    while (size--) rest = rest << 8 | *at++;
    hash = (hash ^ rest) * factor;
    return hash ^ hash >> 32;
}

/* Put entries of so many stretches each into slots, more of which there are, and all of which hold -1. */
GIVEN void enter(At told, const int32_t *edges, int64_t many, int64_t each, int32_t *slots, uint64_t mask) {
    for (int64_t entry = 0; entry < many; entry++) {
        uint64_t slot = 0;
        for (const int32_t *edge = edges + entry * each; edge < edges + (entry + 1) * each; edge++)
            slot = mixed(slot, told + edge[0], edge[1] - edge[0]);
        while (slots[slot & mask] >= 0) slot++;
        slots[slot & mask] = (int32_t)entry;
    }
}

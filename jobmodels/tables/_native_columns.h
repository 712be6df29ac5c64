/* Columns of text, put together from stretches of lines. */

/* Stretches are fetched so many ahead of their turn. */
enum { STRETCHES_AHEAD = 16 };

/* Say where stretches stand when they are put one behind the other; gives how many bytes they are. */
GIVEN int64_t sizes(const int32_t *begins, const int32_t *ends, int64_t many, int32_t *offsets) {
    int64_t total = 0;
    for (int64_t at = 0; at < many; at++) {
        offsets[at] = (int32_t)total;
        total += ends[at] - begins[at];
    }
    offsets[many] = (int32_t)total;
    return total;
}

/* Put stretches one behind the other. */
GIVEN void gather(At data, const int32_t *begins, int64_t many, const int32_t *offsets, uint8_t *out) {
    for (int64_t at = 0; at < many; at++) {
        if (at + STRETCHES_AHEAD < many) __builtin_prefetch(data + begins[at + STRETCHES_AHEAD]);
        memcpy(out + offsets[at], data + begins[at], (size_t)(offsets[at + 1] - offsets[at]));
    }
}

/* The same for cells, each of which is a stretch or, where none begins, an entry of a column: it may be null.

   valid: is given whether a cell is not null. entries: the edges of those of the column; held: a bit for each of them
   that is not null; nothing where none is. */
GIVEN int64_t cell_sizes(const int32_t *begins, const int32_t *ends, const int64_t *chosen, const int32_t *entries,
                         const uint8_t *held, int64_t many, int32_t *offsets, uint8_t *valid) {
    int64_t total = 0;
    for (int64_t at = 0; at < many; at++) {
        int64_t entry = chosen[at], size = ends[at] - begins[at];
        valid[at] = 1;
        if (begins[at] < 0) {
            valid[at] = !held || held[entry / 8] >> entry % 8 & 1;
            size = valid[at] ? entries[entry + 1] - entries[entry] : 0;
        }
        offsets[at] = (int32_t)total;
        total += size;
    }
    offsets[many] = (int32_t)total;
    return total;
}

GIVEN void cells(At data, const int32_t *begins, const int64_t *chosen, At column, const int32_t *entries, int64_t many,
                 const int32_t *offsets, uint8_t *out) {
    for (int64_t at = 0; at < many; at++) {
        if (at + STRETCHES_AHEAD < many && begins[at + STRETCHES_AHEAD] >= 0)
            __builtin_prefetch(data + begins[at + STRETCHES_AHEAD]);
        At from = begins[at] < 0 ? column + entries[chosen[at]] : data + begins[at];
        memcpy(out + offsets[at], from, (size_t)(offsets[at + 1] - offsets[at]));
    }
}

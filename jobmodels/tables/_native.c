/* What costs most where many lines are read, for a compiler: lines laid under forms, and stretches of text taken.

   It means what `_matches`, `_checks` and `_text` do with numpy, which is what is used where this was not compiled.
   Nothing here knows Python: memory comes in, numbers go out, and no byte is read outside of what is told.
   A form is a program of numbers, which `_programs` writes. */

#include "_native_kinds.h"
#include "_native_secrets.h"
#include "_native_tables.h"
#include "_native_columns.h"

/* Lines are fetched ahead of their turn: so many of them, and so many bytes of each. */
enum { LINES_AHEAD = 2, BYTES_AHEAD = 768, CACHE_LINE = 64 };

/* The largest sum: floats have each number up to it. */
static const int64_t LARGEST = ((int64_t)1 << 53) - 1;

/* Lines of a batch: where each begins and ends, and how many quotation marks and escapes it has. */
typedef struct {
    At data;
    const int64_t *starts, *ends;
    const int32_t *quotes, *escapes;
} Lines;

/* A form. Rows are those of what it notes of each line; of stretches the row of their begins, before that of their ends. */
typedef struct {
    const int32_t *steps;
    At words;
    int32_t quotes, escapes, item_quotes, item_escapes;
    const int32_t *pairs, *ids, *adds;
    int32_t paired, named, parts, sums, is_less;
    int32_t decides, deciding, decision;
    Table decisions, names;
} Form;

/* One line, while a program is followed. */
typedef struct {
    At base, end, words;
    int32_t *out;
    int64_t stride;
} Line;

#ifndef SOURCE
#define SOURCE 0
#endif

/* The checksum of the source, so that a library of another source is not used. */
GIVEN uint32_t version(void) { return SOURCE; }

/* Give what stands in `text` of a kind from its begin: how many bytes, and -1 for nothing. */
GIVEN int64_t value(int32_t kind, At text, int64_t size) {
    At behind = taken(kind, text, text + size);
    return behind ? behind - text : -1;
}

static inline void put(const Line *line, int32_t row, At at) {
    if (row >= 0) line->out[row * line->stride] = (int32_t)(at - line->base);
}

/* Where a stretch ends: so many bytes before the next quotation mark, or before the end of the line. */
static inline At stop(const Line *line, At at, int32_t back, int32_t is_last) {
    At mark = is_last ? line->end : memchr(at, '"', (size_t)(line->end - at));
    return mark && mark - at >= back ? mark - back : 0;
}

enum { END, WORDS, HOLE, UNTIL, DECIDE, RUN };

/* Follow a program; give the first byte behind what it says, and nothing where the line is none of its lines. */
static At follow(const Line *line, const int32_t *step, At at) {
    for (;;) switch (*step) {
        case END:
            return at;
        case WORDS: { /* where, size, how many notes; of each how far behind the begin, and the row */
            int32_t size = step[2], notes = step[3];
            if (line->end - at < size || !same(at, line->words + step[1], size)) return 0;
            for (step += 4; notes--; step += 2) put(line, step[1], at + step[0]);
            at += size;
            break;
        }
        case HOLE: { /* kind, row */
            At behind = taken(step[1], at, line->end);
            if (!behind) return 0;
            if (step[2] >= 0) put(line, step[2], at), put(line, step[2] + 1, behind);
            at = behind, step += 3;
            break;
        }
        case UNTIL: { /* kind, row, back, is_last */
            At behind = stop(line, at, step[3], step[4]);
            if (!behind || behind == at || taken(step[1], at, behind) != behind) return 0;
            if (step[2] >= 0) put(line, step[2], at), put(line, step[2] + 1, behind);
            at = behind, step += 5;
            break;
        }
        case DECIDE: { /* row of the begin, row of the end, back, is_last */
            At behind = stop(line, at, step[3], step[4]);
            if (!behind) return 0;
            put(line, step[1], at), put(line, step[2], behind);
            at = behind, step += 5;
            break;
        }
        case RUN: { /* row, where and how long the separator is, size of this step; then the program of an item */
            At separator = line->words + step[2];
            int32_t size = step[3], many = 0;
            do {
                at = follow(line, step + 5, many++ ? at + size : at);
                if (!at) return 0;
            } while (line->end - at >= size && same(at, separator, size));
            if (step[1] >= 0) line->out[step[1] * line->stride] = many;
            step += step[4];
            break;
        }
        default:
            return 0;
        }
}

/* The entry whose stretches are those of a line that stand in some rows; -1: there is none. */
static int32_t entry_of(const Table *table, const Line *line, int32_t row, int32_t each) {
    const int32_t *first = line->out + row * line->stride;
    uint64_t slot = 0;
    for (int32_t at = 0; at < each; at++) {
        const int32_t *begin = first + 2 * at * line->stride;
        slot = mixed(slot, line->base + *begin, begin[line->stride] - *begin);
    }
    for (int32_t entry; (entry = table->slots[slot & table->mask]) >= 0; slot++) {
        const int32_t *edge = table->edges + (int64_t)entry * each;
        int32_t at = 0;
        for (; at < each; at++, edge++) {
            const int32_t *begin = first + 2 * at * line->stride;
            int64_t size = begin[line->stride] - *begin;
            if (size != edge[1] - edge[0] || !same(line->base + *begin, table->told + edge[0], size)) break;
        }
        if (at == each) return entry;
    }
    return -1;
}

/* Whether a line may be of a form, by its signs. */
static inline int is_likely(const Form *form, int32_t quotes, int32_t escapes) {
    quotes -= form->quotes, escapes -= form->escapes;
    if (!form->item_quotes) return !quotes && !escapes;
    int32_t many = quotes / form->item_quotes;
    return many > 0 && many * form->item_quotes == quotes && many * form->item_escapes == escapes;
}

/* The number in a hole, which has 18 digits at most. */
static int64_t number(const Line *line, int32_t row) {
    const int32_t *begin = line->out + row * line->stride;
    int64_t told = 0;
    for (At at = line->base + *begin, end = line->base + begin[line->stride]; at < end; at++) told = 10 * told + (*at - '0');
    return told;
}

/* Whether the numbers that are parts are together what each sum is, or less where the form says so. */
static int adds_up(const Form *form, const Line *line) {
    int64_t parts = 0, sum = -1;
    for (const int32_t *row = form->adds; row < form->adds + form->parts; row++) parts += number(line, *row);
    for (const int32_t *row = form->adds + form->parts; row < form->adds + form->parts + form->sums; row++) {
        int64_t told = number(line, *row);
        if (told > LARGEST || (sum >= 0 && told != sum)) return 0;
        sum = told;
    }
    return form->is_less ? parts < sum : parts == sum;
}

/* Whether holes hold the same where they must, and only there, numbers add up, and no id is a word of the form. */
static int agrees(const Form *form, const Line *line) {
    for (const int32_t *pair = form->pairs; pair < form->pairs + 3 * form->paired; pair += 3) {
        const int32_t *one = line->out + pair[0] * line->stride, *other = line->out + pair[1] * line->stride;
        int32_t size = one[line->stride] - *one;
        int equal = size == other[line->stride] - *other && same(line->base + *one, line->base + *other, size);
        if (equal != pair[2]) return 0;
    }
    if (form->sums && !adds_up(form, line)) return 0;
    for (const int32_t *id = form->ids; id < form->ids + form->named; id++)
        if (entry_of(&form->names, line, *id, 1) >= 0) return 0;
    return 1;
}

/* Lay some lines under a form: `kept` is given those that are of it, and `out` what is noted of these, row by row.

   Gives how many they are. */
GIVEN int64_t lay(const Lines *lines, const Form *form, const int64_t *places, int64_t many, int64_t *kept, int32_t *out) {
    Line line = {lines->data, 0, form->words, out, many};
    int64_t found = 0;
    for (int64_t at = 0; at < many; at++) {
        if (at + LINES_AHEAD < many) {
            int64_t soon = places[at + LINES_AHEAD], end = lines->ends[soon], next = lines->starts[soon];
            if (end > next + BYTES_AHEAD) end = next + BYTES_AHEAD;
            for (; next < end; next += CACHE_LINE) __builtin_prefetch(lines->data + next);
        }
        int64_t place = places[at];
        if (!is_likely(form, lines->quotes[place], lines->escapes[place])) continue;
        line.end = lines->data + lines->ends[place];
        if (follow(&line, form->steps, lines->data + lines->starts[place]) != line.end || !agrees(form, &line)) continue;
        line.out[form->decision * many] = entry_of(&form->decisions, &line, form->decides, form->deciding);
        kept[found++] = place;
        line.out++;
    }
    return found;
}

/* Count line ends: in portions, of which a compiler adds up many bytes at once. */
GIVEN int64_t line_ends(At data, int64_t size) {
    enum { PORTION = 128 };
    int64_t total = 0;
    for (At end = data + size; data < end;) {
        uint8_t found = 0;
        for (At behind = end - data < PORTION ? end : data + PORTION; data < behind; data++) found += *data == '\n';
        total += found;
    }
    return total;
}

/* Find where lines begin, and how long they are; `out` is given them one behind the other, without the line ends.

   There is room for as many lines as there are line ends, and one more. Gives how many there are. */
GIVEN int64_t part(At data, int64_t size, int64_t *starts, int64_t *lengths, uint8_t *out) {
    int64_t many = 0;
    for (At at = data, end = data + size; at < end; many++) {
        At behind = memchr(at, '\n', (size_t)(end - at));
        if (!behind) behind = end;
        starts[many] = at - data;
        lengths[many] = behind - at;
        memcpy(out, at, (size_t)(behind - at));
        out += behind - at;
        at = behind + 1;
    }
    return many;
}

/* Look at lines: count the quotation marks and the escapes of each, and say whether it has control characters.

   Of those that begin with `prefix`, which has eight bytes, what stands behind it is hashed; of others the hash is 0. */
GIVEN void look(At data, const int64_t *starts, const int64_t *ends, int64_t many, At prefix, int32_t *quotes,
                int32_t *escapes, uint8_t *controls, uint64_t *hashes) {
    for (int64_t place = 0; place < many; place++) {
        At at = data + starts[place], end = data + ends[place];
        hashes[place] = end - at >= 32 && eight(at) == eight(prefix) ? mixed(1, at + 8, 24) : 0;
        int32_t marks = 0, slashes = 0, others = 0;
        for (; at < end; at++) {
            marks += *at == '"';
            slashes += *at == '\\';
            others += *at < ' ';
        }
        quotes[place] = marks, escapes[place] = slashes, controls[place] = others > 0;
    }
}

/* Say which stretches may show a credential: all in which `SUSPECT` of `_flows` finds one, and few others. */
GIVEN void suspect(At data, const int32_t *begins, const int32_t *ends, int64_t many, uint8_t *found) {
    for (int64_t place = 0; place < many; place++)
        found[place] = (uint8_t)is_suspect(data + begins[place], data + ends[place]);
}

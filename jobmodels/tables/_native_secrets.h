/* What may stand in or before a credential, as `SUSPECT` of `_flows` has it by a pattern, and a little more. */

/* No sign that is seen: blanks, control characters, backslashes, and all beyond ASCII. */
static inline int is_blank(uint8_t b) { return (b < '!') | (b == '\\') | (b > '~'); }

static inline int is_one_of(uint8_t byte, const char *signs) { return byte && strchr(signs, byte) != 0; }

/* Whether text ends with a word, in letters of any case. */
static inline int ends_with(At begin, At end, const char *word, int64_t size) {
    if (end - begin < size) return 0;
    for (end -= size; size--; end++, word++)
        if ((*end | 32) != (uint8_t)*word) return 0;
    return 1;
}

static inline int is_sign(uint8_t b) {
    return is_blank(b) || (b | 1) == '\'' || (b | 4) == '?' || b == '/';
}

/* Whether there is a sign among the next bytes; most texts have none in most of theirs. */
static inline int has_signs(At at) {
    Block bytes = block(at);
    return is_any((bytes < '!') | (bytes > '~') | (bytes == '\\') | ((bytes | 1) == '\'') | ((bytes | 4) == '?') |
                  (bytes == '/'));
}

static int is_suspect(At begin, At end) {
    for (At at = begin; at < end; at++) {
        while (end - at >= BLOCK && !has_signs(at)) at += BLOCK;
        while (at < end && !is_sign(*at)) at++;
        if (at == end) break;
        At next = at + 1;
        if (is_blank(*at)) {
            /* Two signs beyond ASCII are letters of ASCII in other cases. */
            if (*at == 0xc5 || *at == 0xe2) return 1;
            uint8_t last = at > begin ? at[-1] | 32 : 0;
            if (last == 'r' && ends_with(begin, at, "bearer", 6)) return 1;
            if (last == 'c' && ends_with(begin, at, "basic", 5)) return 1;
            if (last == 'n' && ends_with(begin, at, "token", 5)) return 1;
            if (last == 'y' && ends_with(begin, at, "apikey", 6)) return 1;
            continue;
        }
        switch (*at) {
        case '?':
        case '&':
        case ';':
            while (next < end && (is_name(*next) || *next == '.' || *next > '~')) next++;
            if (next > at + 1 && next < end && *next == '=') return 1;
            break;
        case '/':
            if (at == begin || at[-1] != ':' || next == end || *next != '/') break;
            for (next++; next < end && !is_one_of(*next, "/ \t\n\f\r\"'<>"); next++)
                if (*next == '@' || *next == ':') return 1;
            break;
        case '\'':
            while (next < end && (is_blank(*next) || is_one_of(*next, "nrtNRT"))) next++;
            if (next < end && *next == ':') return 1;
        }
    }
    return 0;
}

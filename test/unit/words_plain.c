/*
 * words_plain.c
 *	  words.c without its fast path, and without kernels, under names of its own.
 */
#define WORDS_PLAIN
#define word_hash plain_word_hash
#define words_init plain_words_init
#define words_feed plain_words_feed
#define words_next plain_words_next
#define words_end plain_words_end

/* NOLINTNEXTLINE(bugprone-suspicious-include): with other names, by macros */
#include "../../src/text/words.c"

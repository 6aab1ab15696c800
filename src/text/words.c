/*-------------------------------------------------------------------------
 *
 * words.c
 *	  Text to words, and words to hashes.
 *
 * Code points are folded by the tables of unicode_fold.h, which give each
 * folded one a class; a machine of six states makes words of the classes.
 * Its one character of look-ahead is kept in the state, so that a text may be
 * cut anywhere between two characters.
 *
 *-------------------------------------------------------------------------
 */
#include "words.h"

#include <string.h>

#include "unicode_fold.h"
#include "word_hash.h"
#include "words_ascii.h"

#define HANGUL_FIRST	0xAC00	/* Unicode, section 3.12 */
#define HANGUL_LEAD		0x1100
#define HANGUL_VOWEL	0x1161
#define HANGUL_TAIL		0x11A7
#define HANGUL_VOWELS	21
#define HANGUL_TAILS	28

/* What stands for bytes that are not UTF-8: any separator would do. */
#define NOT_A_CHARACTER 0xFFFF

/*
 * The hash of "length" bytes that are a word as they stand, folded or not:
 * a lexeme, or a feature of the caller's own.
 */
uint64_t
word_hash(const char *utf8, size_t length)
{
	WordHash	hash;

	word_hash_init(&hash);
	for (; length > WORD_HASH_BLOCK; length -= WORD_HASH_BLOCK, utf8 += WORD_HASH_BLOCK)
		hash.chain = word_hash_block(utf8, hash.chain);
	memcpy(hash.block, utf8, length);
	return word_hash_end(&hash);
}

/* Begin a word with a character that can be in one. */
static inline void
begin_word(WordSplitter *splitter, uint32_t cp, uint32_t begin, uint32_t end)
{
	word_hash_init(&splitter->hash);
	word_hash_char(&splitter->hash, cp);
	splitter->state = WORD_INSIDE;
	splitter->begin = begin;
	splitter->last = end;
}

/* Append a character to the word. */
static inline void
extend_word(WordSplitter *splitter, uint32_t cp, CharClass class)
{
	word_hash_char(&splitter->hash, cp);
	splitter->last = splitter->after;
	splitter->acronym = false;
	splitter->digit = class == CHAR_DIGIT;
	splitter->state = WORD_INSIDE;
}

/* Put a word out; returns the new end of the output. */
static inline uint64_t *
put_word(WordSplitter *splitter, uint64_t *out, uint64_t hash,
		 uint32_t begin, uint32_t end, bool solo)
{
	if (splitter->spans != NULL)
		splitter->spans[out - splitter->hashes] = (WordSpan) {begin, end, solo};
	*out = hash;
	return out + 1;
}

/* Put out the word so far, which is complete. */
static inline uint64_t *
end_word(WordSplitter *splitter, uint64_t *out)
{
	return put_word(splitter, out, word_hash_end(&splitter->hash),
					splitter->begin, splitter->last, false);
}

/*
 * Take one folded character of a class other than ignored.  Words that it
 * ends go to *out; returns the new end of the output.  At most two: the word
 * before it, and the one that it is itself.
 */
static uint64_t *
take_folded(WordSplitter *splitter, uint32_t cp, CharClass class, uint64_t *out)
{
	bool		in_word = class == CHAR_LETTER || class == CHAR_DIGIT || class == CHAR_OTHER;

	switch (splitter->state)
	{
		case WORD_NONE:
			break;

		case WORD_INSIDE:
			if (in_word)
			{
				extend_word(splitter, cp, class);
				return out;
			}
			if (class == CHAR_APOSTROPHE)
			{
				splitter->state = WORD_APOSTROPHE;
				return out;
			}
			if (class == CHAR_FULL_STOP && splitter->acronym)
			{
				splitter->state = WORD_LETTER_STOP;
				return out;
			}
			if ((class == CHAR_FULL_STOP || class == CHAR_COMMA) && splitter->digit)
			{
				splitter->state = WORD_NUMBER_POINT;
				return out;
			}
			out = end_word(splitter, out);
			break;

		case WORD_APOSTROPHE:
			if (in_word)
			{
				extend_word(splitter, cp, class);
				return out;
			}
			out = end_word(splitter, out);
			break;

		case WORD_NUMBER_POINT:
			if (class == CHAR_DIGIT)
			{
				extend_word(splitter, cp, class);
				return out;
			}
			out = end_word(splitter, out);
			break;

		case WORD_LETTER_STOP:
			if (class == CHAR_LETTER)
			{
				splitter->letter = cp;
				splitter->letter_begin = splitter->position;
				splitter->letter_end = splitter->after;
				splitter->state = WORD_LETTER;
				return out;
			}
			out = end_word(splitter, out);
			break;

		case WORD_LETTER:
			if (in_word)
			{
				/* no acronym: the letter begins a longer word */
				out = end_word(splitter, out);
				begin_word(splitter, splitter->letter, splitter->letter_begin, splitter->letter_end);
				extend_word(splitter, cp, class);
				return out;
			}
			word_hash_char(&splitter->hash, splitter->letter);
			splitter->last = splitter->letter_end;
			if (class == CHAR_FULL_STOP)
			{
				splitter->state = WORD_LETTER_STOP;
				return out;
			}
			out = end_word(splitter, out);
			break;
	}

	/* between words */
	splitter->state = WORD_NONE;
	if (in_word)
	{
		begin_word(splitter, cp, splitter->position, splitter->after);
		splitter->acronym = class == CHAR_LETTER;
		splitter->digit = class == CHAR_DIGIT;
	}
	else if (class == CHAR_SOLO)
	{
		word_hash_init(&splitter->hash);
		word_hash_char(&splitter->hash, cp);
		out = put_word(splitter, out, word_hash_end(&splitter->hash),
					   splitter->position, splitter->after, true);
	}
	else if (class == CHAR_AMPERSAND)
		out = put_word(splitter, out, word_hash("and", 3),
					   splitter->position, splitter->after, false);
	return out;
}

/*
 * Fold a code point and take what it folds to, 18 characters at most.
 */
static inline uint64_t *
take_code_point(WordSplitter *splitter, uint32_t cp, uint64_t *out)
{
	uint32_t	block = unicode_fold_block[cp >> UNICODE_FOLD_SHIFT];
	uint32_t	entry = unicode_fold_entry[block << UNICODE_FOLD_SHIFT |
										   (cp & ((1 << UNICODE_FOLD_SHIFT) - 1))];

	if (entry >= UNICODE_FOLD_MAPPED)
	{
		const uint32_t *folded = &unicode_fold_map[entry];

		for (uint32_t i = 1; i <= folded[0]; i++)
			out = take_folded(splitter, folded[i] & 0xFFFFFF, folded[i] >> 24, out);
	}
	else if (entry == CHAR_HANGUL)
	{
		uint32_t	syllable = cp - HANGUL_FIRST;
		uint32_t	tail = syllable % HANGUL_TAILS;
		uint32_t	vowel = syllable / HANGUL_TAILS % HANGUL_VOWELS;
		uint32_t	lead = syllable / (HANGUL_TAILS * HANGUL_VOWELS);

		out = take_folded(splitter, HANGUL_LEAD + lead, CHAR_LETTER, out);
		out = take_folded(splitter, HANGUL_VOWEL + vowel, CHAR_LETTER, out);
		if (tail != 0)
			out = take_folded(splitter, HANGUL_TAIL + tail, CHAR_LETTER, out);
	}
	else if (entry != CHAR_IGNORED)
		out = take_folded(splitter, cp, entry, out);
	return out;
}

/*
 * Read a character that is not ASCII.  A byte that begins no well-formed
 * sequence (Unicode, table 3-7) is skipped by itself.
 */
static uint32_t
read_multibyte(const unsigned char **next, const unsigned char *end)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const unsigned char *s = *next;
	int			more = s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : 1;
	uint32_t	cp = s[0] & (0x3F >> more);

	*next = s + 1;
	if (s[0] < 0xC2 || s[0] > 0xF4 || end - s <= more)
		return NOT_A_CHARACTER;
	for (int i = 1; i <= more; i++)
	{
		if ((s[i] & 0xC0) != 0x80)
			return NOT_A_CHARACTER;
		cp = cp << 6 | (s[i] & 0x3F);
	}
	if (cp < least[more] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return NOT_A_CHARACTER;
	*next = s + more + 1;
	return cp;
}

/*
 * Begin a text.  Positions are counted in code points, or in bytes if the
 * caller sets splitter->bytes then.
 */
void
words_init(WordSplitter *splitter)
{
	memset(splitter, 0, sizeof(*splitter));
	splitter->state = WORD_NONE;
}

/*
 * Give the next piece of the text, "length" bytes of UTF-8 that end between
 * two characters.  They are not copied, and must stay until words_next() has
 * read them.
 */
void
words_feed(WordSplitter *splitter, const char *utf8, size_t length)
{
	splitter->next = (const unsigned char *) utf8;
	splitter->end = splitter->next + length;
}

/*
 * Read words from what was fed, until it is used up or fewer than
 * WORDS_BATCH_MIN of the "room" are left.  Returns how many hashes, and spans
 * unless they are NULL, were written; 0 means that the next piece, or
 * words_end(), is due.
 */
size_t
words_next(WordSplitter *splitter, uint64_t *hashes, WordSpan *spans, size_t room)
{
	uint64_t   *out = hashes;
	uint64_t   *full = hashes + room - WORDS_BATCH_MIN;

	splitter->hashes = hashes;
	splitter->spans = spans;
	while (splitter->next < splitter->end && out <= full)
	{
		const unsigned char *before = splitter->next;
		uint32_t	cp = *before;

		if (cp >= 0x80)
			cp = read_multibyte(&splitter->next, splitter->end);
		else
		{
			if (splitter->state == WORD_NONE)
			{
				out = words_ascii(splitter, out, full);
				if (splitter->next != before)
					continue;
			}
			splitter->next++;
		}
		splitter->after = splitter->position +
			(splitter->bytes ? (uint32_t) (splitter->next - before) : 1);
		out = take_code_point(splitter, cp, out);
		splitter->position = splitter->after;
	}
	return out - hashes;
}

/*
 * End the text.  Returns how many hashes were written: the word that the
 * text ended in, or none.
 */
size_t
words_end(WordSplitter *splitter, uint64_t *hashes, WordSpan *spans)
{
	splitter->hashes = hashes;
	splitter->spans = spans;
	return take_folded(splitter, ' ', CHAR_SEPARATOR, hashes) - hashes;
}

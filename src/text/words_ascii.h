/*-------------------------------------------------------------------------
 *
 * words_ascii.h
 *	  The usual words of a text in ASCII, quickly.
 *
 * A usual word is a run of letters and digits that no rule but the plainest
 * applies to: no apostrophe, full stop or comma that may join it to what
 * follows.  words.c defines what words are; this gives the same for the runs
 * that it takes, and leaves all others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WORDS_ASCII_H
#define WORDS_ASCII_H

#include "word_hash.h"

#if defined(__SSE2__) && !defined(WORDS_PLAIN)
#include <emmintrin.h>

/* Bytes that are looked at together, one bit of a mask each. */
#define WINDOW 64

typedef struct AsciiWindow
{
	uint64_t	alnum;			/* letters and digits */
	uint64_t	joiner;			/* may join two words into one */
	uint64_t	other;			/* not ASCII, or a word by itself: & */
} AsciiWindow;

/* Is a byte of v in first .. first + range? */
static inline __m128i
in_range(__m128i v, char first, char range)
{
	__m128i		offset = _mm_sub_epi8(v, _mm_set1_epi8(first));

	return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8(range)), offset);
}

static inline AsciiWindow
read_window(const unsigned char *s)
{
	AsciiWindow window = {0, 0, 0};

	for (int i = 0; i < WINDOW; i += 16)
	{
		__m128i		v = _mm_loadu_si128((const __m128i *) (s + i));
		__m128i		lower = _mm_or_si128(v, _mm_set1_epi8(0x20));
		__m128i		alnum = _mm_or_si128(in_range(lower, 'a', 25), in_range(v, '0', 9));
		__m128i		joiner = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\'')),
										  _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')),
													   _mm_cmpeq_epi8(v, _mm_set1_epi8(','))));
		__m128i		other = _mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));

		window.alnum |= (uint64_t) _mm_movemask_epi8(alnum) << i;
		window.joiner |= (uint64_t) _mm_movemask_epi8(joiner) << i;
		window.other |= (uint64_t) _mm_movemask_epi8(other) << i;
	}
	return window;
}

/*
 * The hash of the letters and digits s[0] to s[length - 1] in lower case;
 * 16 bytes from any of them on can be read.
 */
static inline uint64_t
ascii_word_hash(const unsigned char *s, unsigned length)
{
	/* the bytes of a block that belong to the word: a window of this */
	static const unsigned char keep[2 * WORD_HASH_BLOCK] = {
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
	};
	uint64_t	chain = 0;
	__m128i		block;
	__m128i		lower = _mm_set1_epi8(0x20);	/* digits have this bit too */

	for (; length > WORD_HASH_BLOCK; length -= WORD_HASH_BLOCK, s += WORD_HASH_BLOCK)
	{
		block = _mm_or_si128(_mm_loadu_si128((const __m128i *) s), lower);
		chain = word_hash_block(&block, chain);
	}
	block = _mm_or_si128(_mm_loadu_si128((const __m128i *) s), lower);
	block = _mm_and_si128(block, _mm_loadu_si128((const __m128i *) (keep + WORD_HASH_BLOCK - length)));
	return word_hash_block(&block, chain);
}

/*
 * Read usual words from where the splitter stands, between two words, until
 * another one comes, the input is nearly used up, or the output is full.
 * Returns the new end of the output.
 */
static inline uint64_t *
words_ascii(WordSplitter *splitter, uint64_t *out, uint64_t *full)
{
	const unsigned char *s = splitter->next;

	/* ascii_word_hash() reads up to a block behind the window */
	while (splitter->end - s >= WINDOW + WORD_HASH_BLOCK && out <= full)
	{
		AsciiWindow window = read_window(s);
		uint64_t	left = window.alnum;
		uint64_t	stops = window.other |
			(window.joiner & window.alnum << 1 & (window.alnum | window.other) >> 1);

		/* what follows the last byte is not known, so it may not be passed */
		unsigned	stop = __builtin_ctzll(stops | UINT64_C(1) << (WINDOW - 1));
		unsigned	done = stop;

		while (left != 0)
		{
			unsigned	begin = __builtin_ctzll(left);
			uint64_t	behind = ~left & -(left & -left);
			unsigned	end;

			/* the first byte behind the run, if the run ends at all */
			end = behind != 0 ? (unsigned) __builtin_ctzll(behind) : WINDOW;
			if (end >= stop)
			{
				done = begin < stop ? begin : stop;
				break;
			}
			if (splitter->spans != NULL)
				splitter->spans[out - splitter->hashes] = (WordSpan)
				{
					splitter->position + begin, splitter->position + end, false
				};
			*out++ = ascii_word_hash(s + begin, end - begin);
			left &= -(UINT64_C(1) << end);
		}
		s += done;
		splitter->position += done;
		if (done == 0 || stop < WINDOW - 1)
			break;
	}
	splitter->next = s;
	return out;
}

#else

static inline uint64_t *
words_ascii(WordSplitter *splitter, uint64_t *out, uint64_t *full)
{
	(void) splitter;
	(void) full;
	return out;
}
#endif

#endif							/* WORDS_ASCII_H */

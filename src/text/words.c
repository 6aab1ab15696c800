/*-------------------------------------------------------------------------
 *
 * words.c
 *	  Text to words, and words to hashes.
 *
 * The plain path defines words: code points are folded by the tables of
 * unicode_fold.h, which give each folded one a class; a machine of six states
 * makes words of the classes.  Its one character of look-ahead is kept in the
 * state, so that a text may be cut anywhere between two characters.  It writes
 * folded text, from which words are hashed many at a time.
 *
 * Whether the first separator of a number counts is known at the end of the
 * number only.  As no more than seven groups of digits are taken for one, that
 * is so few bytes that they wait in the folded text, and are set right there.
 *
 * The fast path, scan.h, writes the same folded text for the runs of ASCII in
 * which no character joins two others.  It begins between two words or inside
 * of one, and where it stops, the machine's state is told from what it wrote.
 *
 *-------------------------------------------------------------------------
 */
#include "text/words.h"

#include <string.h>

#include "text/unicode_fold.h"
#include "text/word_hash.h"

#define HANGUL_FIRST	0xAC00	/* Unicode, section 3.12 */
#define HANGUL_LEAD		0x1100
#define HANGUL_VOWEL	0x1161
#define HANGUL_TAIL		0x11A7
#define HANGUL_VOWELS	21
#define HANGUL_TAILS	28

/* What stands for bytes that are not UTF-8: any separator would do. */
#define NOT_A_CHARACTER 0xFFFF

/* Separates words in folded text, and stands before a solo. */
#define SEPARATOR	' '
#define SOLO_MARK	'\001'

/* A no-break space between digits, until it is told what it is. */
#define SPACE_MARK	'_'

/* Groups of three digits that are one number with those before. */
#define NUMBER_MAX_GROUPS 6

/* Bytes of folded text that a character of the plain path, 18 folded, takes. */
#define FOLDED_MAX	128

/*
 * Of a long word, as many of the last bytes stay to be hashed, but for a
 * block: more than a number takes that isn't told.
 */
#define LONG_WORD	(4 * WORD_HASH_BLOCK)

/*
 * The hash of "length" bytes that are a word as they stand, folded or not:
 * a lexeme, or a feature of the caller's own.
 */
uint64_t
word_hash(const char *utf8, size_t length)
{
	return word_hash_rest((const unsigned char *) utf8, length, 0);
}

/* Append a code point, that comes of a character at "place", to the folded text. */
static inline void
put_char(WordSplitter *splitter, uint32_t cp, WordSpan place)
{
	unsigned char *out = splitter->out;

	if (cp < 0x80)
		*out++ = cp;
	else
	{
		if (cp < 0x800)
			*out++ = 0xC0 | cp >> 6;
		else
		{
			if (cp < 0x10000)
				*out++ = 0xE0 | cp >> 12;
			else
			{
				*out++ = 0xF0 | cp >> 18;
				*out++ = 0x80 | (cp >> 12 & 0x3F);
			}
			*out++ = 0x80 | (cp >> 6 & 0x3F);
		}
		*out++ = 0x80 | (cp & 0x3F);
	}
	if (splitter->places_wanted)
	{
		for (; splitter->out < out; splitter->out++)
			splitter->places[splitter->out - splitter->folded] = place;
	}
	splitter->out = out;
}

/*
 * Tell what the separators of a number are: thousands have three digits after
 * each, and the separators go.  Others are kept, a comma as a full stop; but a
 * space is one, and the last group of digits begins another number.
 */
static void
settle_number(WordSplitter *splitter)
{
	unsigned char *s = splitter->out - splitter->number_length;
	unsigned char *out = s;
	bool		thousands = splitter->group_digits == 3;

	splitter->number = NUMBER_KEPT;
	if (!thousands && splitter->group_joint == SPACE_MARK)
		splitter->number = NUMBER_NONE;
	for (; s < splitter->out; s++)
	{
		if (*s >= '0' && *s <= '9')
			*out = *s;
		else if (thousands)
			continue;
		else
			*out = *s == SPACE_MARK ? SEPARATOR : *s == ',' ? '.' : *s;
		if (splitter->places_wanted)
			splitter->places[out - splitter->folded] = splitter->places[s - splitter->folded];
		out++;
	}
	splitter->out = out;
}

/* The word so far is complete. */
static inline void
end_word(WordSplitter *splitter)
{
	if (splitter->number == NUMBER_GROUPS)
		settle_number(splitter);
	splitter->number = NUMBER_NONE;
	*splitter->out++ = SEPARATOR;
}

/* Digits at the end of the folded text, if they are 1 to 3 and begin no zero; else 0. */
static int
first_group(const WordSplitter *splitter)
{
	const unsigned char *end = splitter->out;
	int			n = 0;

	while (n < 4 && end[-n - 1] >= '0' && end[-n - 1] <= '9')
		n++;
	return n > 3 || end[-n] == '0' ? 0 : n;
}

/* Two digits have a separator between them, and the second one comes. */
static void
join_digits(WordSplitter *splitter)
{
	unsigned char joint = splitter->joint;

	if (splitter->number == NUMBER_GROUPS)
	{
		if (joint == splitter->group_joint && splitter->group_digits == 3 &&
			splitter->number_length < 4 * NUMBER_MAX_GROUPS)
		{
			put_char(splitter, joint, splitter->joint_place);
			splitter->number_length++;
			splitter->group_digits = 0;
			return;
		}
		settle_number(splitter);
	}
	if (splitter->number == NUMBER_NONE && first_group(splitter) > 0)
	{
		splitter->number = NUMBER_GROUPS;
		splitter->number_length = first_group(splitter) + 1;
		splitter->group_joint = joint;
		splitter->group_digits = 0;
		put_char(splitter, joint, splitter->joint_place);
		return;
	}
	if (joint == SPACE_MARK)
	{
		end_word(splitter);
		return;
	}
	splitter->number = NUMBER_KEPT;
	put_char(splitter, joint == ',' ? '.' : joint, splitter->joint_place);
}

/* Append the character being read, which is or folds to this, to the word. */
static inline void
extend_word(WordSplitter *splitter, uint32_t cp, CharClass class)
{
	put_char(splitter, cp, (WordSpan) {splitter->position, splitter->after});
	splitter->acronym = false;
	splitter->digit = class == CHAR_DIGIT;
	splitter->state = WORD_INSIDE;
}

/* The same behind a digit of a number, or behind what joins it to others. */
static void
extend_number(WordSplitter *splitter, uint32_t cp, CharClass class)
{
	if (class != CHAR_DIGIT)
	{
		if (splitter->number == NUMBER_GROUPS)
			settle_number(splitter);
		splitter->number = NUMBER_NONE;
	}
	extend_word(splitter, cp, class);
	if (splitter->number == NUMBER_GROUPS)
	{
		splitter->number_length++;
		if (++splitter->group_digits > 3)
			settle_number(splitter);
	}
	if (splitter->number != NUMBER_NONE)
		splitter->state = WORD_NUMBER;
}

/* Append the letter that was kept in mind. */
static inline void
put_letter(WordSplitter *splitter)
{
	put_char(splitter, splitter->letter, splitter->letter_place);
}

/* What joins a word to more, if it is followed by it; 0 if that is nothing. */
static unsigned char
joint_of(const WordSplitter *splitter, CharClass class)
{
	if (class == CHAR_APOSTROPHE)
		return '\'';
	if (!splitter->digit)
		return 0;
	return class == CHAR_FULL_STOP ? '.' : class == CHAR_COMMA ? ',' :
		class == CHAR_NUMBER_SPACE ? SPACE_MARK : 0;
}

/* Take one folded character of a class other than ignored. */
static void
take_folded_by_state(WordSplitter *splitter, uint32_t cp, CharClass class)
{
	bool		in_word = class == CHAR_LETTER || class == CHAR_DIGIT || class == CHAR_OTHER;

	switch (splitter->state)
	{
		case WORD_NONE:
			break;

		case WORD_INSIDE:
		case WORD_NUMBER:
			if (in_word)
			{
				extend_number(splitter, cp, class);
				return;
			}
			if (class == CHAR_FULL_STOP && splitter->acronym)
			{
				splitter->state = WORD_LETTER_STOP;
				return;
			}
			splitter->joint = joint_of(splitter, class);
			if (splitter->joint != 0)
			{
				splitter->joint_place = (WordSpan) {splitter->position, splitter->after};
				splitter->state = WORD_JOINT;
				return;
			}
			end_word(splitter);
			break;

		case WORD_JOINT:
			if (class == CHAR_DIGIT && splitter->digit)
			{
				join_digits(splitter);
				extend_number(splitter, cp, class);
				return;
			}
			if (in_word && splitter->joint == '\'')
			{
				extend_number(splitter, cp, class);
				return;
			}
			end_word(splitter);
			break;

		case WORD_LETTER_STOP:
			if (class == CHAR_LETTER)
			{
				splitter->letter = cp;
				splitter->letter_place = (WordSpan) {splitter->position, splitter->after};
				splitter->state = WORD_LETTER;
				return;
			}
			end_word(splitter);
			break;

		case WORD_LETTER:
			if (in_word)
			{
				/* no acronym: the letter begins a longer word */
				end_word(splitter);
				put_letter(splitter);
				extend_word(splitter, cp, class);
				return;
			}
			put_letter(splitter);
			if (class == CHAR_FULL_STOP)
			{
				splitter->state = WORD_LETTER_STOP;
				return;
			}
			end_word(splitter);
			break;
	}

	/* between words */
	splitter->state = WORD_NONE;
	if (in_word)
	{
		extend_word(splitter, cp, class);
		splitter->acronym = class == CHAR_LETTER;
	}
	else if (class == CHAR_SOLO)
	{
		*splitter->out++ = SOLO_MARK;
		extend_word(splitter, cp, class);
		end_word(splitter);
		splitter->state = WORD_NONE;
	}
	else if (class == CHAR_AMPERSAND)
	{
		for (const char *s = "and"; *s != '\0'; s++)
			extend_word(splitter, *s, CHAR_LETTER);
		end_word(splitter);
		splitter->state = WORD_NONE;
	}
}

/* Take one folded character; most are a letter after another. */
static inline void
take_folded(WordSplitter *splitter, uint32_t cp, CharClass class)
{
	if (splitter->state == WORD_INSIDE && class == CHAR_LETTER)
		extend_word(splitter, cp, class);
	else
		take_folded_by_state(splitter, cp, class);
}

/*
 * Fold a code point and take what it folds to, 18 characters at most.
 */
static inline void
take_code_point(WordSplitter *splitter, uint32_t cp)
{
	uint32_t	block = unicode_fold_block[cp >> UNICODE_FOLD_SHIFT];
	uint32_t	entry = unicode_fold_entry[block << UNICODE_FOLD_SHIFT |
										   (cp & ((1 << UNICODE_FOLD_SHIFT) - 1))];

	if (entry >= UNICODE_FOLD_MAPPED)
	{
		const uint32_t *folded = &unicode_fold_map[entry];

		for (uint32_t i = 1; i <= folded[0]; i++)
			take_folded(splitter, folded[i] & 0xFFFFFF, folded[i] >> 24);
	}
	else if (entry == CHAR_HANGUL)
	{
		uint32_t	syllable = cp - HANGUL_FIRST;
		uint32_t	tail = syllable % HANGUL_TAILS;
		uint32_t	vowel = syllable / HANGUL_TAILS % HANGUL_VOWELS;
		uint32_t	lead = syllable / (HANGUL_TAILS * HANGUL_VOWELS);

		take_folded(splitter, HANGUL_LEAD + lead, CHAR_LETTER);
		take_folded(splitter, HANGUL_VOWEL + vowel, CHAR_LETTER);
		if (tail != 0)
			take_folded(splitter, HANGUL_TAIL + tail, CHAR_LETTER);
	}
	else if (entry != CHAR_IGNORED)
		take_folded(splitter, cp, entry);
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

	/* the usual length, without a loop */
	if (s[0] >= 0xC2 && s[0] < 0xE0 && end - s > 1 && (s[1] & 0xC0) == 0x80)
	{
		*next = s + 2;
		return cp << 6 | (s[1] & 0x3F);
	}
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
	memset(splitter, 0, offsetof(WordSplitter, folded));
	splitter->state = WORD_NONE;
	splitter->out = splitter->folded + WORDS_BEFORE;
	memset(splitter->folded, SEPARATOR, WORDS_BEFORE);
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

/* Read a character by the plain path. */
static inline void
fold_plain(WordSplitter *splitter)
{
	const unsigned char *before = splitter->next;
	uint32_t	cp = *before;

	if (cp >= 0x80)
		cp = read_multibyte(&splitter->next, splitter->end);
	else
		splitter->next++;
	splitter->after = splitter->position +
		(splitter->bytes ? (uint32_t) (splitter->next - before) : 1);
	take_code_point(splitter, cp);
	splitter->position = splitter->after;
}

#ifndef WORDS_PLAIN

/*
 * Read up to n bytes by the fast path, between two words or inside of one,
 * until a character comes that the plain path has to look at.
 */
static inline void
fold_fast(WordSplitter *splitter, size_t n)
{
	unsigned char block[SCAN_BLOCK];
	unsigned char last;
	size_t		done;

	if (n >= SCAN_BLOCK)
		done = scan_kernel->fold(splitter->next, n, splitter->out);
	else
	{
		/* it stops at what is not ASCII */
		memset(block, 0xFF, sizeof(block));
		memcpy(block, splitter->next, n);
		done = scan_kernel->fold(block, SCAN_BLOCK, splitter->out);
	}
	if (done == 0)
		return;
	if (splitter->places_wanted)
	{
		WordSpan   *places = splitter->places + (splitter->out - splitter->folded);

		for (size_t i = 0; i < done; i++)
			places[i] = (WordSpan) {splitter->position + i, splitter->position + i + 1};
	}
	splitter->next += done;
	splitter->position += done;
	splitter->out += done;

	last = splitter->out[-1];
	splitter->state = IS_WORD(last) ? WORD_INSIDE : WORD_NONE;
	splitter->digit = last >= '0' && last <= '9';
	splitter->acronym = !splitter->digit && !IS_WORD(splitter->out[-2]);
}
#endif

/*
 * Fold text until it is used up or the folded text may become longer than
 * "room".
 */
static void
fold_text(WordSplitter *splitter, size_t room)
{
	const unsigned char *full = splitter->folded + WORDS_BEFORE + room - FOLDED_MAX;

	while (splitter->next < splitter->end && splitter->out <= full)
	{
#ifndef WORDS_PLAIN
		size_t		left = splitter->end - splitter->next;

		/* a space by itself between letters that aren't ASCII is not worth it */
		if (*splitter->next < 0x80 && splitter->state <= WORD_INSIDE &&
			(left == 1 || splitter->next[1] < 0x80))
		{
			size_t		most = full + FOLDED_MAX - splitter->out;
			const unsigned char *before = splitter->next;

			fold_fast(splitter, left < most ? left : most);
			if (splitter->next != before)
				continue;
		}
#endif
		fold_plain(splitter);
	}
}

#ifdef WORDS_PLAIN
static size_t
hash_words(const unsigned char *folded, size_t n, uint16_t *edges, uint64_t *hashes)
{
	size_t		nwords = 0;
	size_t		begin = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (IS_WORD(folded[i]))
			continue;
		if (i > begin)
		{
			edges[2 * nwords] = begin;
			edges[2 * nwords + 1] = i;
			hashes[nwords++] = word_hash_rest(folded + begin, i - begin, 0);
		}
		begin = i + 1;
	}
	return nwords;
}
#else
#define hash_words scan_kernel->hash
#endif

/*
 * Hash the words that are complete, and keep the rest of the folded text.
 * Returns how many hashes, and solos and spans unless they are NULL, were
 * written.
 */
static size_t
hash_folded(WordSplitter *splitter, uint64_t *hashes, bool *solos, WordSpan *spans)
{
	uint16_t	edges[SCAN_EDGES];
	unsigned char *folded = splitter->folded + WORDS_BEFORE;
	WordSpan   *places = splitter->places + WORDS_BEFORE;
	size_t		n = splitter->out - folded;
	size_t		done = n;
	size_t		nwords;

	while (done > 0 && IS_WORD(folded[done - 1]))
		done--;
	nwords = hash_words(folded, done, edges, hashes);
	for (size_t i = 0; i < nwords && solos != NULL; i++)
		solos[i] = folded[edges[2 * i] - 1] == SOLO_MARK;
	for (size_t i = 0; i < nwords && spans != NULL; i++)
		spans[i] = (WordSpan) {places[edges[2 * i]].begin, places[edges[2 * i + 1] - 1].end};

	if (splitter->chained && nwords > 0)
	{
		hashes[0] = word_hash_rest(folded, edges[1], splitter->chain);
		if (spans != NULL)
			spans[0].begin = splitter->chain_begin;
		splitter->chained = false;
		splitter->chain = 0;
	}

	/* of a long word, the first blocks can be hashed */
	if (n - done > LONG_WORD && !splitter->chained)
		splitter->chain_begin = places[done].begin;
	for (; n - done > LONG_WORD; done += WORD_HASH_BLOCK)
	{
		splitter->chain = word_hash_block(folded + done, splitter->chain);
		splitter->chained = true;
	}
	memmove(folded, folded + done, n - done);
	if (splitter->places_wanted)
		memmove(places, places + done, (n - done) * sizeof(WordSpan));
	splitter->out = folded + (n - done);
	return nwords;
}

/*
 * Read words from what was fed, until it is used up or the "room" may not
 * suffice for more.  Returns how many hashes were written, and of solos
 * (is it a letter of a script without spaces?) and spans unless they are
 * NULL; 0 means that the next piece, or words_end(), is due.
 *
 * Spans are wanted either always or never in a text.
 */
size_t
words_next(WordSplitter *splitter, uint64_t *hashes, bool *solos, WordSpan *spans, size_t room)
{
	size_t		nwords = 0;

	/* a word takes two bytes of folded text at least */
	room = room < SCAN_MAX / 2 ? 2 * room : SCAN_MAX;
	splitter->places_wanted = spans != NULL;
	while (nwords == 0 && splitter->next < splitter->end)
	{
		fold_text(splitter, room);
		nwords = hash_folded(splitter, hashes, solos, spans);
	}
	return nwords;
}

/*
 * End the text.  Returns how many words were written: those that the text
 * ended in, or none.
 */
size_t
words_end(WordSplitter *splitter, uint64_t *hashes, bool *solos, WordSpan *spans)
{
	splitter->places_wanted = spans != NULL;
	take_folded(splitter, SEPARATOR, CHAR_SEPARATOR);
	return hash_folded(splitter, hashes, solos, spans);
}

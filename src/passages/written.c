/*-------------------------------------------------------------------------
 *
 * written.c
 *	  What words are as written: numbers, names, negations, quoted.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/written.h"

/*
 * Words that turn a statement round, as written, in languages that newspapers
 * are written in; those of the courts among them.  They are split like any
 * text, so that they are what words are.
 */
static const char *const negation_words =
	"not no never none nobody nothing neither nor without cannot "
	"isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't couldn't "
	"shouldn't hasn't haven't hadn't ain't mustn't needn't "
	"acquitted cleared innocent denied denies rejected rejects dismissed refused "
	"nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne "
	"unschuldig freigesprochen "
	"ne pas jamais aucun aucune rien personne sans ni acquitté innocent "
	"no nunca jamás nada nadie ningún ninguna ninguno sin tampoco absuelto inocente "
	"non nessuno nessuna niente nulla senza assolto "
	"não nunca jamais nenhum nenhuma nada ninguém sem absolvido "
	"niet geen nooit niemand niets zonder vrijgesproken "
	"inte ej aldrig ingen inget utan frikänd ikke aldri ingen intet uden uten "
	"ei en emme ette eivät nem nincs soha ne není nikdy nikdo nic bez nie nigdy nikt "
	"не нет ни никогда никто ничего без нельзя невиновен оправдан "
	"δεν μην όχι ποτέ κανείς χωρίς "
	"değil yok hiç asla değildir tidak bukan tanpa không chưa "
	"لا لم لن ليس ليست غير بدون نہیں نہ بغیر مت नहीं न मत बिना ना নয় না "
	"לא אין אינו בלי מעולם 不 没 沒 未 無 无 非 ";

/* The first of ten digits in a row, in scripts other than Latin's. */
static const uint32_t zeros[] = {
	0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
	0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10
};

static bool
is_digit(uint32_t c)
{
	if (c < 0x80)
		return c >= '0' && c <= '9';
	if (c < zeros[0])
		return false;
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
	{
		if (c >= zeros[i] && c < zeros[i] + 10)
			return true;
	}
	return false;
}

/* A capital of Latin, Greek, Cyrillic or Armenian. */
static bool
is_capital(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z';
	if (c < 0x100)
		return c >= 0xC0 && c <= 0xDE && c != 0xD7;
	/* pairs of a capital and a small letter, which change places twice */
	if (c < 0x180)
		return ((c >= 0x139 && c <= 0x148) || c >= 0x179) ? c % 2 == 1 : c == 0x178 || c % 2 == 0;
	if (c >= 0x370 && c < 0x400)
		return c == 0x386 || (c >= 0x388 && c <= 0x38F) || (c >= 0x391 && c <= 0x3AB);
	if (c >= 0x400 && c < 0x530)
		return c < 0x430 || (c >= 0x460 && c % 2 == 0);
	return (c >= 0x531 && c <= 0x556) || (c >= 0x1E00 && c <= 0x1EFF && c % 2 == 0);
}

/* Does a character before a word make it the first of a sentence? */
static bool
ends_sentence(uint32_t c)
{
	return c == '.' || c == '!' || c == '?' || c == ':' || c == 0x2026 || c == 0x3002 ||
		c == 0x6D4 || c == 0x61F || c == 0x964 || c == 0x2022 || c == 0x2014 || c == '*' || c == '|';
}

/* The mark that closes what a mark opens; 0 for one that opens nothing. */
static uint32_t
closing_mark(uint32_t mark)
{
	switch (mark)
	{
		case '"':
			return '"';
		case 0xAB:				/* the two of French, either way round */
			return 0xBB;
		case 0xBB:
			return 0xAB;
		case 0x201C:
		case 0x201D:
			return 0x201D;
		case 0x201E:
			return 0x201C;
		case 0x2018:
		case 0x201A:
			return 0x2019;
		case 0x2039:
			return 0x203A;
		case 0x203A:
			return 0x2039;
		case 0x300C:
			return 0x300D;
		case 0x300E:
			return 0x300F;
		case 0xFF02:
			return 0xFF02;
		default:
			return 0;
	}
}

/* Does a mark close the quotation that is open? */
static bool
closes(uint32_t opened, uint32_t mark)
{
	/* those of German, Polish and others, as typed by whom */
	if (opened == 0x201E)
		return mark == 0x201C || mark == 0x201D || mark == '"';
	if (opened == 0x201A)
		return mark == 0x2018 || mark == 0x2019;
	return mark == closing_mark(opened);
}

void
written_init(WrittenReader *reader, const WordSpan *spans, size_t nwords, uint8_t *flags)
{
	*reader = (WrittenReader) {spans, nwords, flags, 0, ' ', 0, 0, true, 0};
}

/* The words from where a quotation opened are in it. */
static void
quote(WrittenReader *reader, size_t end)
{
	if (end - reader->opened <= WRITTEN_QUOTE_WORDS)
	{
		for (size_t i = reader->opened; i < end; i++)
			reader->flags[i] |= WRITTEN_QUOTED;
	}
	reader->mark = 0;
}

/*
 * A quotation of several paragraphs is opened in each, and closed in the last
 * one: what is open where a paragraph ends is over, and a quotation if the
 * next one is opened by the same mark.
 */
static void
read_between_words(WrittenReader *reader, uint32_t c)
{
	if (c == '\n')
		reader->lines++;
	if (c == '\n' || ends_sentence(c))
		reader->sentence = reader->sentence || c != '\n' || reader->lines > 1;
	if (reader->mark != 0 && closes(reader->mark, c) &&
		!(reader->lines > 1 && c == reader->mark))
		quote(reader, reader->word);
	else if (closing_mark(c) != 0)
	{
		if (reader->mark != 0 && c == reader->mark && reader->lines > 1)
			quote(reader, reader->word);
		if (reader->mark == 0)
		{
			reader->mark = c;
			reader->opened = reader->word;
			reader->sentence = true;
		}
	}
}

/* Read the next character, the one at "place". */
void
written_read(WrittenReader *reader, uint32_t c, uint32_t place)
{
	const WordSpan *span;

	while (reader->word < reader->nwords && place >= reader->spans[reader->word].end)
	{
		reader->word++;
		reader->sentence = false;
		reader->lines = 0;
	}
	span = reader->word < reader->nwords ? &reader->spans[reader->word] : NULL;
	if (span == NULL || place < span->begin)
		read_between_words(reader, c);
	else
	{
		if (place == span->begin && is_capital(c))
			reader->flags[reader->word] |= reader->sentence ? WRITTEN_CAPITAL : WRITTEN_NAME;
		if (is_digit(c))
			reader->flags[reader->word] |= WRITTEN_NUMBER;
	}
}

/* The hashes of the words that negate. */
void
written_negations(HashCounts *negations, const RawEnv *env)
{
	WordSplitter splitter;
	uint64_t	hashes[WORDS_BATCH_MIN];
	size_t		n;

	hashcounts_init(negations, 256, env);
	words_init(&splitter);
	words_feed(&splitter, negation_words, strlen(negation_words));
	while ((n = words_next(&splitter, hashes, NULL, NULL, WORDS_BATCH_MIN)) > 0)
	{
		for (size_t i = 0; i < n; i++)
			hashcounts_number(negations, hashes[i]);
	}
	n = words_end(&splitter, hashes, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		hashcounts_number(negations, hashes[i]);
}

/*
 * Mark what two texts tell together: negations; and words with a capital at
 * the begin of a sentence that are names elsewhere in either.
 */
void
written_names(const uint64_t *const words[2], uint8_t *const flags[2], const size_t nwords[2],
			  const RawEnv *env)
{
	HashCounts	negations;
	HashCounts	names;

	written_negations(&negations, env);
	hashcounts_init(&names, 256, env);
	for (int side = 0; side < 2; side++)
	{
		for (size_t i = 0; i < nwords[side]; i++)
		{
			raw_check(env, i);
			if (flags[side][i] & WRITTEN_NAME)
				hashcounts_number(&names, words[side][i]);
			if (hashcounts_find(&negations, words[side][i]) != HASHCOUNTS_NONE)
				flags[side][i] |= WRITTEN_NEGATION;
		}
	}
	for (int side = 0; side < 2; side++)
	{
		for (size_t i = 0; i < nwords[side]; i++)
		{
			raw_check(env, i);
			if ((flags[side][i] & WRITTEN_CAPITAL) &&
				hashcounts_find(&names, words[side][i]) != HASHCOUNTS_NONE)
				flags[side][i] |= WRITTEN_NAME;
		}
	}
	hashcounts_free(&names);
	hashcounts_free(&negations);
}

/*-------------------------------------------------------------------------
 *
 * verdict.c
 *	  What two articles are to each other: exact measures, and a verdict.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/verdict.h"

/* Words of a passage; of texts of which one is shorter than that, in words. */
#define PASSAGE_WORDS 4
#define SHORT_TEXT 24
#define SHORT_PASSAGE_WORDS 2

/* Words of a quotation, and of an excerpt by itself. */
#define QUOTE_WORDS 8
#define EXCERPT_WORDS 40

/* One name in so many words may be written in another way. */
#define NAME_WORDS 100

/* Is n at least num / den of m? */
static inline bool
at_least(uint32_t n, uint32_t num, uint32_t den, uint32_t m)
{
	return (uint64_t) n * den >= (uint64_t) m * num;
}

/*
 * The words of a change on one side that have a flag and aren't on the other
 * side: how many, and in only[] the first ones.
 */
uint32_t
verdict_only_words(const VerdictText text[2], const Change *change, uint8_t flag,
				   int side, uint32_t *only, uint32_t most, const RawEnv *env)
{
	const uint64_t *words = text[side].text.words + change->begin[side];
	const uint64_t *others = text[!side].text.words + change->begin[!side];
	const uint8_t *flags = text[side].flags + change->begin[side];
	uint32_t	n = 0;
	uint32_t	i = 0;
	HashCounts	other;

	while (i < change->length[side] && !(flags[i] & flag))
		raw_check(env, ++i);
	if (i == change->length[side])
		return 0;

	hashcounts_init(&other, 64, env);
	for (uint32_t k = 0; k < change->length[!side]; k++)
	{
		raw_check(env, k);
		hashcounts_number(&other, others[k]);
	}
	for (; i < change->length[side]; i++)
	{
		raw_check(env, i);
		if ((flags[i] & flag) && hashcounts_find(&other, words[i]) == HASHCOUNTS_NONE)
		{
			if (n < most)
				only[n] = change->begin[side] + i;
			n++;
		}
	}
	hashcounts_free(&other);
	return n;
}

/* What a change changes. */
void
verdict_facts(const VerdictText text[2], const Change *change, ChangedFacts *facts,
			  const RawEnv *env)
{
	for (int side = 0; side < 2; side++)
	{
		facts->numbers[side] = verdict_only_words(text, change, WRITTEN_NUMBER, side, NULL, 0, env);
		facts->names[side] = verdict_only_words(text, change, WRITTEN_NAME, side, NULL, 0, env);
		facts->negations[side] = verdict_only_words(text, change, WRITTEN_NEGATION, side, NULL, 0, env);
	}
}

/* Does a change put a few words in the place of a few? */
bool
verdict_is_swap(const Change *change)
{
	return change->kind == CHANGE_REPLACED &&
		change->length[0] <= VERDICT_SWAP_WORDS && change->length[1] <= VERDICT_SWAP_WORDS;
}

/* The facts that are changed, where a few words are. */
static void
measure_facts(const VerdictText text[2], const Change *changes, uint32_t nchanges,
			  Measures *measures, const RawEnv *env)
{
	for (uint32_t i = 0; i < nchanges; i++)
	{
		const Change *change = &changes[i];
		ChangedFacts facts;

		raw_check(env, i);
		if (change->kind == CHANGE_KEPT || change->kind == CHANGE_MOVED ||
			change->length[0] > VERDICT_SWAP_WORDS || change->length[1] > VERDICT_SWAP_WORDS)
			continue;
		verdict_facts(text, change, &facts, env);
		measures->negations += (facts.negations[0] > 0) != (facts.negations[1] > 0);
		measures->numbers += facts.numbers[0] > 0 && facts.numbers[1] > 0;
		measures->names += facts.names[0] > 0 && facts.names[1] > 0;
	}
}

/* quoted[i]: how many of the words before word i are quoted. */
static uint32_t *
count_quoted(const VerdictText *text, const RawEnv *env)
{
	uint32_t   *quoted = env->alloc(env->arg, (text->text.nwords + 1) * sizeof(uint32_t));

	quoted[0] = 0;
	for (uint32_t i = 0; i < text->text.nwords; i++)
	{
		raw_check(env, i);
		quoted[i + 1] = quoted[i] + ((text->flags[i] & WRITTEN_QUOTED) != 0);
	}
	return quoted;
}

/* Are four fifths of a passage's words quoted, in both texts? */
static bool
is_quoted(uint32_t *const quoted[2], const Passage *passage)
{
	for (int side = 0; side < 2; side++)
	{
		uint32_t	begin = passage->begin[side];
		uint32_t	length = passage->length[side];

		if (5 * (uint64_t) (quoted[side][begin + length] - quoted[side][begin]) < 4 * (uint64_t) length)
			return false;
	}
	return true;
}

/* How many words of a text that aren't quoted are marked. */
static uint32_t
count_own(const VerdictText *text, const bool *marks, const RawEnv *env)
{
	uint32_t	n = 0;

	for (uint32_t i = 0; i < text->text.nwords; i++)
	{
		raw_check(env, i);
		n += marks[i] && !(text->flags[i] & WRITTEN_QUOTED);
	}
	return n;
}

/* Which of the passages, that are put in another order, are quotations, and which not. */
static void
measure_quotations(const VerdictText text[2], Comparison *comparison, const RawEnv *env)
{
	Measures   *measures = &comparison->measures;
	Passage    *passages = comparison->passages;
	uint32_t   *quoted[2] = {count_quoted(&text[0], env), count_quoted(&text[1], env)};
	uint32_t	nown = 0;

	for (uint32_t i = 0; i < comparison->npassages; i++)
	{
		bool		is = is_quoted(quoted, &passages[i]);
		uint32_t   *longest = is ? &measures->longest_quoted : &measures->longest_own;

		raw_check(env, i);
		if (*longest < passages[i].shared)
			*longest = passages[i].shared;
		if (!is)
			passages[nown++] = passages[i];
	}
	comparison->npassages = nown;
	for (int side = 0; side < 2; side++)
	{
		uint32_t	nwords = text[side].text.nwords;
		bool	   *marks = passages_mark(passages, nown, side, nwords, env);

		measures->own[side] = nwords - quoted[side][nwords];
		measures->own_shared[side] = count_own(&text[side], marks, env);
		env->free(env->arg, marks);
		env->free(env->arg, quoted[side]);
	}
}

/*
 * Compare two articles by their words, of which no flags are wanted yet.
 */
void
verdict_compare(const VerdictText text[2], Comparison *comparison, const RawEnv *env)
{
	const PassageText texts[2] = {text[0].text, text[1].text};
	bool		is_short = texts[0].nwords < SHORT_TEXT || texts[1].nwords < SHORT_TEXT;
	Measures   *measures = &comparison->measures;
	AlignedRun *runs;
	uint32_t	nruns;

	memset(measures, 0, sizeof(*measures));
	comparison->passages = passages_find(texts, is_short ? SHORT_PASSAGE_WORDS : PASSAGE_WORDS, 0,
										 env, &comparison->npassages);
	if (comparison->npassages > 0)
		measures->longest = comparison->passages[0].shared;
	for (int side = 0; side < 2; side++)
	{
		measures->words[side] = texts[side].nwords;
		measures->shared[side] = passages_covered(comparison->passages, comparison->npassages,
												  side, texts[side].nwords, env);
	}

	runs = words_align(texts, env, &nruns);
	for (uint32_t i = 0; i < nruns; i++)
	{
		raw_check(env, i);
		measures->in_order += runs[i].length;
	}
	measures->same = texts[0].nwords == texts[1].nwords && measures->in_order == texts[0].nwords;
	comparison->changes = changes_find(texts, runs, nruns, measures->longest >= CHANGES_MIN_MOVED,
									   env, &comparison->nchanges);
	env->free(env->arg, runs);
	for (uint32_t i = 0; i < comparison->nchanges; i++)
	{
		const Change *change = &comparison->changes[i];
		uint32_t	words = change->length[change->length[0] < change->length[1]];

		raw_check(env, i);
		if (change->kind == CHANGE_KEPT || change->kind == CHANGE_MOVED)
			measures->kept += words;
		else
		{
			measures->changed += words;
			measures->small += words <= VERDICT_SWAP_WORDS ? words : 0;
		}
	}
}

/* Is enough kept for changes to tell of other facts? */
bool
verdict_tells_facts(const Measures *measures)
{
	return at_least(measures->kept, 1, 2, measures->words[measures->words[0] < measures->words[1]]);
}

/* Does the verdict hang on what words are as written? */
bool
verdict_depends_on_writing(const Measures *measures)
{
	return measures->longest >= QUOTE_WORDS || verdict_tells_facts(measures);
}

/* Add to a comparison what hangs on the words' flags. */
void
verdict_read(const VerdictText text[2], Comparison *comparison, const RawEnv *env)
{
	if (verdict_tells_facts(&comparison->measures))
		measure_facts(text, comparison->changes, comparison->nchanges, &comparison->measures, env);
	measure_quotations(text, comparison, env);
}


/*
 * The rules.
 */

/* So many shared words are more than chance. */
static uint32_t
enough_words(uint32_t shorter, uint32_t longer)
{
	return longer < SHORT_TEXT && longer <= 3 * shorter ? 3 : QUOTE_WORDS;
}

/* Does one text have other facts in the form of the other? */
static bool
other_facts(const Measures *m, uint32_t longer)
{
	return verdict_tells_facts(m) && at_least(m->small, 1, 2, m->changed) &&
		(m->numbers > 0 || m->negations > 0 || m->names > longer / NAME_WORDS);
}

/* Is what is shared a quotation in both, and little else? */
static bool
common_source(const Measures *m)
{
	return m->longest_quoted >= QUOTE_WORDS && m->longest_own < QUOTE_WORDS &&
		!at_least(m->own_shared[0], 1, 5, m->own[0] + 1) &&
		!at_least(m->own_shared[1], 1, 5, m->own[1] + 1);
}

/* Were many of the words kept, in their order, between which others are new? */
static bool
rewritten(const Measures *m, uint32_t shorter, uint32_t longer)
{
	return (longer <= 4 * (uint64_t) shorter && m->in_order >= QUOTE_WORDS + shorter / 10 * 3) ||
		m->kept >= QUOTE_WORDS + shorter / 100 * 15;
}

/* The verdict on two articles, of which one isn't the other byte by byte. */
const char *
verdict_of(const Measures *m)
{
	int			long_side = m->words[0] < m->words[1];
	uint32_t	longer = m->words[long_side];
	uint32_t	shorter = m->words[!long_side];
	/* the text of which the larger part is shared */
	int			cut = (uint64_t) m->shared[1] * m->words[0] > (uint64_t) m->shared[0] * m->words[1];
	uint32_t	shared = m->shared[m->shared[1] < m->shared[0]];
	bool		enough = shared >= enough_words(shorter, longer);

	if (shorter == 0)
		return "unrelated";
	if (m->same)
		return "same text";
	if (common_source(m))
		return "common source";
	if (enough && other_facts(m, longer))
		return "same form, other facts";
	if (enough && at_least(m->shared[cut], 3, 5, m->words[cut]))
	{
		if (at_least(m->shared[0], 4, 5, m->words[0]) && at_least(m->shared[1], 4, 5, m->words[1]))
			return "same text";
		if (!at_least(m->shared[!cut], 3, 5, m->words[!cut]))
			return cut == 0 ? "a is cut from b" : "b is cut from a";
		if (at_least(m->kept, 1, 2, shorter) && at_least(longer, 11, 10, shorter))
			return long_side == 1 ? "new version of a" : "new version of b";
		return "rewritten";
	}
	if (at_least(m->kept, 2, 5, longer) && shared >= QUOTE_WORDS)
		return "rewritten";
	if (m->longest >= EXCERPT_WORDS ||
		(m->longest >= QUOTE_WORDS && at_least(m->shared[cut], 1, 5, m->words[cut])))
		return "excerpt";
	if (rewritten(m, shorter, longer))
		return "rewritten";
	return m->longest >= QUOTE_WORDS ? "shared quotes" : "unrelated";
}

/*-------------------------------------------------------------------------
 *
 * splittext.c
 *	  All words of a text in the server, and where they stand.
 *
 *-------------------------------------------------------------------------
 */
#include "text/splittext.h"

#include "base/compat.h"
#include "base/memory_limit.h"
#include "text/servertext.h"

/* Bytes a word in most languages, to begin with. */
#define BYTES_PER_WORD 6

static void
make_room(SplitText *split)
{
	if (split->nwords > SPLIT_MAX_WORDS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text has more than %d words", SPLIT_MAX_WORDS),
				 errhint("Take the parts of the text instead.")));
	if (split->room - split->nwords >= WORDS_BATCH_MIN)
		return;
	split->room *= 2;
	split->words = limited_realloc(split->words, split->room * sizeof(uint64));
	split->spans = limited_realloc(split->spans, split->room * sizeof(WordSpan));
}

void
split_text(SplitText *split, text *document)
{
	size_t		nbytes = VARSIZE_ANY_EXHDR(document);
	size_t		n;
	ServerText	reader;

	split->nwords = 0;
	split->room = nbytes / BYTES_PER_WORD + 2 * WORDS_BATCH_MIN;
	split->words = limited_alloc(CurrentMemoryContext, split->room * sizeof(uint64));
	split->spans = limited_alloc(CurrentMemoryContext, split->room * sizeof(WordSpan));

	servertext_init(&reader, VARDATA_ANY(document), nbytes);
	while ((n = servertext_words(&reader, split->words + split->nwords, NULL,
								 split->spans + split->nwords, split->room - split->nwords)) > 0)
	{
		split->nwords += n;
		make_room(split);
	}
}

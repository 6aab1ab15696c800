/*-------------------------------------------------------------------------
 *
 * to_textsketch.c
 *	  Documents to sketches.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"
#include "text/servertext.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(to_textsketch);

/*
 * Room for elements to begin with, for articles all that they need: one for
 * so many bytes of text.
 */
#define BYTES_PER_ELEMENT 24
#define FIRST_ROOM_MAX 65536

/*
 * to_textsketch(document text, shingle int, sampling int, window int); NULL
 * for a text without words, as there is none whose measures it could have.
 */
Datum
to_textsketch(PG_FUNCTION_ARGS)
{
	text	   *document = PG_GETARG_TEXT_PP(0);
	SketchParams params = {PG_GETARG_INT32(1), PG_GETARG_INT32(2), PG_GETARG_INT32(3)};
	size_t		nbytes = VARSIZE_ANY_EXHDR(document);
	MemoryContext context;
	RawEnv		env;
	SketchBuilder *builder;
	ServerText	reader;
	size_t		nwords;
	uint32		last;
	Textsketch *result = NULL;

	textsketch_check_params(params.shingle, params.sampling, params.window);

	context = limited_context(CurrentMemoryContext, "to_textsketch");
	env = limited_env(context);
	builder = palloc(sizeof(SketchBuilder));
	sketch_init(builder, params, Min(nbytes / BYTES_PER_ELEMENT, FIRST_ROOM_MAX), &env);
	servertext_init(&reader, VARDATA_ANY(document), nbytes);
	while ((nwords = servertext_words(&reader, sketch_words(builder), sketch_solos(builder),
									  NULL, SKETCH_BATCH)) > 0)
		sketch_add(builder, nwords);
	last = sketch_end(builder);
	if (builder->nwords > 0)
		result = textsketch_make(params, builder->nwords, builder->nshingles, last,
								 builder->elements, builder->nelements);
	pfree(builder);
	MemoryContextDelete(context);
	PG_FREE_IF_COPY(document, 0);

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXTSKETCH(result);
}

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
 * Make room for a batch, by dropping repeats or else by larger memory.  The
 * old one, *memory, is released.
 */
static void
make_room(SketchBuilder *builder, void **memory)
{
	void	   *larger;

	sketch_compact(builder);
	if (sketch_room(builder) >= builder->room / 2)
		return;
	larger = limited_alloc(GetMemoryChunkContext(*memory), SKETCH_MEMORY(builder->room * 2));
	sketch_move(builder, larger, builder->room * 2);
	pfree(*memory);
	*memory = larger;
}

static void
add_words(SketchBuilder *builder, void **memory, size_t nwords)
{
	if (sketch_room(builder) < SKETCH_ROOM_MIN)
		make_room(builder, memory);
	sketch_add(builder, nwords);
}

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
	size_t		room = Min(nbytes / BYTES_PER_ELEMENT, FIRST_ROOM_MAX) + 2 * SKETCH_ROOM_MIN;
	MemoryContext context;
	void	   *memory;
	SketchBuilder *builder;
	RawEnv		env = server_env(CurrentMemoryContext);
	ServerText	reader;
	size_t		nwords;
	uint32		last;
	Textsketch *result = NULL;

	textsketch_check_params(params.shingle, params.sampling, params.window);

	context = limited_context(CurrentMemoryContext, "to_textsketch");
	memory = limited_alloc(context, SKETCH_MEMORY(room));
	builder = palloc(sizeof(SketchBuilder));
	sketch_init(builder, params, memory, room, &env);
	servertext_init(&reader, VARDATA_ANY(document), nbytes);
	while ((nwords = servertext_words(&reader, sketch_words(builder), sketch_solos(builder),
									  NULL, SKETCH_BATCH)) > 0)
		add_words(builder, &memory, nwords);

	if (sketch_room(builder) < SKETCH_ROOM_MIN)
		make_room(builder, &memory);
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

/*-------------------------------------------------------------------------
 *
 * story_sources.c
 *	  The distinct sources of stories.
 *
 * Sources are numbered once, by a hash table, so that what a story takes is
 * in proportion to its articles, however many sources they have.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/story_sources.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/array.h"

#include "base/compat.h"
#include "base/memory_limit.h"

typedef struct NumberedName
{
	const text *name;
	uint32		number;
	uint32		hash;
	char		status;
} NumberedName;

static inline uint32
hash_name(const text *name)
{
	return hash_bytes((const unsigned char *) VARDATA_ANY(name), (int) VARSIZE_ANY_EXHDR(name));
}

static inline bool
same_name(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

#define SH_PREFIX names
#define SH_ELEMENT_TYPE NumberedName
#define SH_KEY_TYPE const text *
#define SH_KEY name
#define SH_HASH_KEY(table, key) hash_name(key)
#define SH_EQUAL(table, a, b) same_name(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, element) ((element)->hash)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

void
story_sources_init(StorySources *sources, uint32 room, MemoryContext context)
{
	sources->context = context;
	sources->numbers = names_create(context, 256, NULL);
	sources->names = limited_alloc(context, sizeof(text *) * room);
	sources->last = limited_alloc(context, sizeof(uint32) * room);
	sources->found = limited_alloc(context, sizeof(Datum) * room);
	sources->n = 0;
	sources->story = 0;
	sources->nfound = 0;
}

uint32
story_sources_number(StorySources *sources, Datum source)
{
	text	   *name = DatumGetTextPP(source);
	bool		found;
	NumberedName *entry = names_insert(sources->numbers, name, &found);

	if (!found)
	{
		Size		size = VARSIZE_ANY(name);
		void	   *copy = limited_alloc(sources->context, size);

		memcpy(copy, name, size);
		entry->name = copy;
		entry->number = sources->n;
		sources->names[sources->n] = copy;
		sources->last[sources->n++] = 0;
	}
	if ((Pointer) name != DatumGetPointer(source))
		pfree(name);
	return entry->number;
}

void
story_sources_begin(StorySources *sources)
{
	sources->story++;
	sources->nfound = 0;
}

void
story_sources_add(StorySources *sources, uint32 number)
{
	if (sources->last[number] == sources->story)
		return;
	sources->last[number] = sources->story;
	sources->found[sources->nfound++] = PointerGetDatum(sources->names[number]);
}

Datum
story_sources_array(const StorySources *sources)
{
	return PointerGetDatum(construct_array(sources->found, (int) sources->nfound, TEXTOID,
										   -1, false, TYPALIGN_INT));
}

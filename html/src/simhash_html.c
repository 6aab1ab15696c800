/*-------------------------------------------------------------------------
 *
 * simhash_html.c
 *	  article_text() and article_title(): what SQL calls.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The macros of varlenas have had a header of their own since 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "article.h"
#include "convert.h"

/* The name and version of a module can be told since 18. */
#if PG_VERSION_NUM >= 180000
PG_MODULE_MAGIC_EXT(.name = "simhash_html", .version = "1.0");
#else
PG_MODULE_MAGIC;
#endif

PG_FUNCTION_INFO_V1(article_text);
PG_FUNCTION_INFO_V1(article_text_bytes);
PG_FUNCTION_INFO_V1(article_title);
PG_FUNCTION_INFO_V1(article_title_bytes);

/* Called from within libxml2, through which no error may go. */
static void *
env_alloc(void *arg, size_t size)
{
	return MemoryContextAllocExtended((MemoryContext) arg, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
}

static void
env_free(void *arg, void *pointer)
{
	(void) arg;
	pfree(pointer);
}

static void
env_check(void *arg)
{
	(void) arg;
	CHECK_FOR_INTERRUPTS();
}

/* What "find" finds in a page, as text; NULL if there is nothing. */
static Datum
find_in_page(FunctionCallInfo fcinfo, bool bytes, bool (*find) (const Page *page, PageString *found))
{
	size_t		length = toast_raw_datum_size(PG_GETARG_DATUM(0)) - VARHDRSZ;
	struct varlena *arg;
	MemoryContext context;
	MemoryContext caller;
	PageEnv		env;
	Page		page;
	PageString	found = {NULL, 0, 0};
	const char *html;
	StringInfoData utf8;
	StringInfoData text;
	Datum		result = (Datum) 0;
	bool		done = false;

	if (length > PAGE_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("page of %zu bytes is too long", length),
				 errdetail("Pages may have %d bytes.", PAGE_MAX_BYTES)));

	arg = PG_GETARG_VARLENA_PP(0);
	html = VARDATA_ANY(arg);
	context = AllocSetContextCreate(CurrentMemoryContext, "simhash_html", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);
	if (bytes || GetDatabaseEncoding() != PG_UTF8)
	{
		initStringInfo(&utf8);
		if (bytes)
			convert_page(html, length, &utf8);
		else
			convert_text(html, length, &utf8);
		html = utf8.data;
		length = utf8.len;
	}

	env = (PageEnv) {env_alloc, env_free, env_check, context};
	page_init(&page, &env);
	PG_TRY();
	{
		done = page_read(&page, html, length) && find(&page, &found);
	}
	PG_FINALLY();
	{
		/* libxml2's part of it; the rest goes with the context */
		page_free(&page);
	}
	PG_END_TRY();
	if (!done)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed on a page of %zu bytes.", length)));

	if (found.length > 0)
	{
		const char *bytes_found = found.bytes;
		size_t		nfound = found.length;

		if (GetDatabaseEncoding() != PG_UTF8)
		{
			initStringInfo(&text);
			convert_to_server(found.bytes, found.length, &text);
			bytes_found = text.data;
			nfound = text.len;
		}
		MemoryContextSwitchTo(caller);
		result = PointerGetDatum(cstring_to_text_with_len(bytes_found, (int) nfound));
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	if ((Pointer) arg != DatumGetPointer(PG_GETARG_DATUM(0)))
		pfree(arg);
	if (result == (Datum) 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

Datum
article_text(PG_FUNCTION_ARGS)
{
	return find_in_page(fcinfo, false, article_find);
}

Datum
article_text_bytes(PG_FUNCTION_ARGS)
{
	return find_in_page(fcinfo, true, article_find);
}

Datum
article_title(PG_FUNCTION_ARGS)
{
	return find_in_page(fcinfo, false, article_find_title);
}

Datum
article_title_bytes(PG_FUNCTION_ARGS)
{
	return find_in_page(fcinfo, true, article_find_title);
}

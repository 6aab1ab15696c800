/*-------------------------------------------------------------------------
 *
 * center.c
 *	  The center of a story: the article nearest to all others, and the terms
 *	  that the articles share.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/center.h"

#include <string.h>

/* Room for all terms of the corpus; no article is in it yet. */
void
center_init(Center *center, Corpus *corpus)
{
	const RawEnv *env = corpus->env;

	center->corpus = corpus;
	center->narticles = 0;
	center->weights = env->alloc(env->arg, sizeof(uint64_t) * corpus->nterms);
	center->counts = env->alloc(env->arg, sizeof(uint32_t) * corpus->nterms);
	memset(center->weights, 0, sizeof(uint64_t) * corpus->nterms);
	memset(center->counts, 0, sizeof(uint32_t) * corpus->nterms);
}

void
center_add(Center *center, uint32_t article, int times)
{
	const CorpusArticle *vector = &center->corpus->articles[article];

	for (uint32_t i = 0; i < vector->nterms; i++)
	{
		uint32_t	term = CORPUS_TERM(vector->terms[i]);

		center->weights[term] += times * (uint64_t) corpus_weight(center->corpus, vector, vector->terms[i]);
		center->counts[term] += times;
	}
	center->narticles += times;
}

uint64_t
center_product(const Center *center, uint32_t article)
{
	const CorpusArticle *vector = &center->corpus->articles[article];
	uint64_t	product = 0;

	for (uint32_t i = 0; i < vector->nterms; i++)
		product += corpus_weight(center->corpus, vector, vector->terms[i]) *
			center->weights[CORPUS_TERM(vector->terms[i])];
	return product;
}

bool
center_uses(const Center *center, uint64_t hash)
{
	uint32_t	term = corpus_find(center->corpus, hash);

	return term != CORPUS_NONE && center->corpus->idf[term] > 0;
}

uint64_t
center_term(const Center *center, uint64_t hash)
{
	uint32_t	term = corpus_find(center->corpus, hash);

	if (term == CORPUS_NONE || (center->narticles > 1 && center->counts[term] == 1))
		return 0;
	return center->weights[term];
}

/*-------------------------------------------------------------------------
 *
 * article.c
 *	  Which blocks of a page are its article.
 *
 * In four steps, each linear in the page:
 *
 * 1. What by its tag or its attributes is no part of an article is left out:
 *	  navigation, readers' comments, captions, and so on; unless most of the
 *	  page's prose is in there.
 * 2. Prose gives points to the elements around it, less the further they are;
 *	  links take away.  The element of most points is the body (as readability
 *	  has it: Arc90, 2009, later Mozilla).
 * 3. Where articles are cut into sections, that is one of them: the body grows
 *	  to an element around it as long as this adds prose, and few links.
 * 4. Of the body's blocks those are kept that are not mostly links (density
 *	  of links: Kohlschuetter et al., WSDM 2010) and no scraps; and headings
 *	  that lead to such (the context of blocks: Pomikalek, jusText, 2011).  What
 *	  leads from the title to the body is kept as well, if it is prose.
 *
 * If hardly a text is left, all is tried again with less left out (as
 * trafilatura falls back: Barbaresi, ACL 2021).
 *
 *-------------------------------------------------------------------------
 */
#include "article.h"

#include <string.h>

#include "sense.h"

/* Weights of blocks: see Sense. */
#define WEIGHT_POINTS 25		/* a paragraph worth points */
#define WEIGHT_PROSE 80			/* prose, also before the body */
#define WEIGHT_SENTENCE 30		/* prose, if it ends like a sentence */
#define WEIGHT_LEAD_SENTENCE 60 /* the same before the body */
#define WEIGHT_SURE 160			/* prose that a part of a page is judged by */
#define WEIGHT_SURE_SENTENCE 80
#define WEIGHT_SCRAP 40			/* less that is no sentence, and no paragraph */
#define WEIGHT_HEADING 120		/* longer headings are paragraphs */
#define WEIGHT_ENOUGH 250		/* a text that needs no second try */
#define WEIGHT_BETTER 100		/* what a second try must bring */

/* Parts of a text that is links. */
#define LINKS_PROSE 0.4f		/* less: prose */
#define LINKS_FURNITURE 0.5f	/* more: furniture */
#define LINKS_SENTENCE 0.7f		/* but for sentences in the body */

/* Bytes that are no links and make a block prose, whatever links it has. */
#define PLAIN_PROSE 120

/* Ancestors that a paragraph gives points to. */
#define ANCESTORS 6

/* What hints are worth. */
#define FACTOR_BODY 2.0f
#define FACTOR_ARTICLE 1.5f
#define FACTOR_GOOD 1.3f
#define FACTOR_LIST 0.7f

/* A body grows if it gains so much prose, of its own and per byte of links. */
#define GROWTH 0.2f
#define GROWTH_PER_LINK 6

/* Part of the page's prose in an element that weak hints don't drop, nor any. */
#define PROSE_SOME 0.3f
#define PROSE_MOST 0.5f

/* Blocks between a heading and what it leads to, between title and body. */
#define HEADING_GAP 4
#define LEAD_GAP 40

/* How surely something is no part of an article; the rounds of tries. */
#define SURELY_NOT 2
#define LIKELY_NOT 1
#define ROUNDS 3

#define HINTS_SURE (HINT_COMMENTS | HINT_NAVIGATION | HINT_SHARE | HINT_NOTICE | HINT_CAPTION | HINT_HIDDEN)
/* Quotations of social media bear these. */
#define HINTS_QUOTE (HINT_COMMENTS | HINT_HIDDEN | HINT_PROMOTION | HINT_RELATED)

/* What is known of an element and all that is in it. */
typedef struct Part
{
	uint32_t	prose;			/* weight */
	uint32_t	length;			/* bytes of what is not left out */
	uint32_t	link_length;
	float		points;
	uint8_t		no_part;		/* SURELY_NOT, LIKELY_NOT, or 0 */
	bool		furniture;
} Part;

typedef struct Choice
{
	const Page *page;
	Part	   *parts;			/* of the page's elements */
	Sense	   *senses;			/* of its blocks */
	bool	   *kept;
	int			round;			/* from 0: what surely or likely is no part is left out */
	PageString	title;
} Choice;

static float
link_density(uint32_t link_length, uint32_t length)
{
	return length == 0 ? 0 : (float) link_length / (float) length;
}

static void
check(const Choice *choice, size_t i)
{
	if (i % 16384 == 0)
		choice->page->env->check(choice->page->env->arg);
}

static bool
is_left_out(const Choice *choice, size_t element)
{
	return choice->parts[element].no_part > choice->round;
}

static Tag
tag_of_block(const Choice *choice, size_t block)
{
	return choice->page->elements[choice->page->blocks[block].element].tag;
}

static bool
is_heading(Tag tag)
{
	return tag == TAG_HEADING || tag == TAG_HEADING1;
}

static bool
is_prose(const PageBlock *block, const Sense *sense, uint32_t weight, uint32_t weight_of_sentence)
{
	return sense->weight >= (sense->sentence ? weight_of_sentence : weight) &&
		link_density(block->link_length, block->length) < LINKS_PROSE;
}

/* Sums of what elements have to those around them. */
static void
add_up(Choice *choice)
{
	const Page *page = choice->page;

	for (size_t i = page->nelements - 1; i > 0; i--)
	{
		Part	   *part = &choice->parts[i];
		Part	   *around = &choice->parts[page->elements[i].parent];

		check(choice, i);
		around->prose += part->prose;
		around->length += part->length;
		around->link_length += part->link_length;
	}
}

/* How surely an element is no part of an article, by itself. */
static int
no_part(const PageElement *element, uint32_t prose, uint32_t page_prose)
{
	unsigned	hints = element->hints & HINT_NOT;

	switch (element->tag)
	{
		case TAG_FURNITURE:
		case TAG_FIGURE:
		case TAG_CAPTION:
			return SURELY_NOT;
		case TAG_ROOT:
		case TAG_ARTICLE:
			return 0;
		case TAG_QUOTE:
			hints &= HINTS_QUOTE;
			break;
		default:
			break;
	}
	if ((float) prose > PROSE_SOME * (float) page_prose)
		hints &= HINTS_SURE | HINT_RELATED;
	if ((float) prose > PROSE_MOST * (float) page_prose)
		hints &= element->hints & HINT_GOOD ? 0 : HINT_COMMENTS;
	if (hints == 0)
		return 0;
	return hints & HINTS_SURE ? SURELY_NOT : LIKELY_NOT;
}

/* Step 1. */
static void
leave_out(Choice *choice)
{
	const Page *page = choice->page;

	memset(choice->parts, 0, page->nelements * sizeof(Part));
	for (size_t i = 0; i < page->nblocks; i++)
	{
		const PageBlock *block = &page->blocks[i];
		const Sense *sense = &choice->senses[i];

		check(choice, i);
		if (is_prose(block, sense, WEIGHT_SURE, WEIGHT_SURE_SENTENCE))
			choice->parts[block->element].prose += sense->weight;
	}
	add_up(choice);
	for (size_t i = 0; i < page->nelements; i++)
	{
		const PageElement *element = &page->elements[i];
		Part	   *part = &choice->parts[i];
		int			around = choice->parts[element->parent].no_part;

		check(choice, i);
		part->no_part = (uint8_t) no_part(element, part->prose, choice->parts[0].prose);
		if (part->no_part < around)
			part->no_part = (uint8_t) around;
	}
}

/* A block's points to the elements around it. */
static void
give_points(Choice *choice, const PageBlock *block, const Sense *sense)
{
	const Page *page = choice->page;
	const PageElement *element = &page->elements[block->element];
	uint32_t	to = block->element;
	float		points = 1.0f + (float) sense->commas +
		(sense->weight < 300 ? (float) sense->weight / 100 : 3);

	/* a paragraph is not around itself */
	if (element->tag != TAG_CELL && element->end_block - element->first_block == 1)
		to = element->parent;
	for (int up = 0; up < ANCESTORS; up++)
	{
		choice->parts[to].points += up == 0 ? points : up == 1 ? points / 2 : points / (float) (3 * up);
		if (to == 0)
			break;
		to = page->elements[to].parent;
	}
}

static float
factor(const PageElement *element)
{
	float		factor = 1;

	if (element->hints & HINT_BODY)
		factor = FACTOR_BODY;
	else if (element->tag == TAG_ARTICLE)
		factor = FACTOR_ARTICLE;
	else if (element->hints & HINT_GOOD)
		factor = FACTOR_GOOD;
	if (element->tag == TAG_LIST || element->tag == TAG_ITEM)
		factor *= FACTOR_LIST;
	return factor;
}

/* Steps 2 and 3: the element that is the article's body. */
static size_t
find_body(Choice *choice)
{
	const Page *page = choice->page;
	Part	   *parts = choice->parts;
	size_t		body = 0;

	for (size_t i = 0; i < page->nelements; i++)
	{
		check(choice, i);
		parts[i].points = 0;
		parts[i].prose = parts[i].length = parts[i].link_length = 0;
	}
	for (size_t i = 0; i < page->nblocks; i++)
	{
		const PageBlock *block = &page->blocks[i];
		const Sense *sense = &choice->senses[i];

		check(choice, i);
		if (is_left_out(choice, block->element))
			continue;
		parts[block->element].length += block->length;
		parts[block->element].link_length += block->link_length;
		if (is_prose(block, sense, WEIGHT_PROSE, WEIGHT_SENTENCE))
			parts[block->element].prose += sense->weight;
		if (sense->weight >= WEIGHT_POINTS && !is_heading(tag_of_block(choice, i)) &&
			link_density(block->link_length, block->length) <= LINKS_FURNITURE)
			give_points(choice, block, sense);
	}
	add_up(choice);
	for (size_t i = 0; i < page->nelements; i++)
	{
		check(choice, i);
		parts[i].points *= factor(&page->elements[i]) *
			(1 - link_density(parts[i].link_length, parts[i].length));
		if (parts[i].points > parts[body].points && !is_left_out(choice, i))
			body = i;
	}
	for (size_t around = body; around > 0;)
	{
		float		more;

		around = page->elements[around].parent;
		more = (float) (parts[around].prose - parts[body].prose);
		if (more > GROWTH * (float) parts[body].prose &&
			more > GROWTH_PER_LINK * (float) (parts[around].link_length - parts[body].link_length))
			body = around;
	}
	return body;
}

/* Lists and other parts of the body that are mostly links. */
static void
find_furniture(Choice *choice, size_t body)
{
	const Page *page = choice->page;

	choice->parts[body].furniture = false;
	for (size_t i = body + 1; i < page->elements[body].end; i++)
	{
		const PageElement *element = &page->elements[i];
		Part	   *part = &choice->parts[i];

		check(choice, i);
		part->furniture = choice->parts[element->parent].furniture;
		switch (element->tag)
		{
			case TAG_LIST:
			case TAG_TABLE:
			case TAG_FORM:
			case TAG_BLOCK:
				part->furniture |= link_density(part->link_length, part->length) > LINKS_FURNITURE;
				break;
			default:
				break;
		}
	}
}

static bool
is_title(const Choice *choice, const PageBlock *block)
{
	return block->length == choice->title.length &&
		memcmp(choice->page->text.bytes + block->start, choice->title.bytes, block->length) == 0;
}

/* Is it part of the text, if it stands in the body?  Not for headings. */
static bool
is_text(const Choice *choice, size_t i)
{
	const PageBlock *block = &choice->page->blocks[i];
	const Sense *sense = &choice->senses[i];
	Tag			tag = tag_of_block(choice, i);

	if (link_density(block->link_length, block->length) > (sense->sentence ? LINKS_SENTENCE : LINKS_FURNITURE) &&
		!(block->length - block->link_length >= PLAIN_PROSE && sense->sentence))
		return false;
	return sense->weight >= WEIGHT_SCRAP || sense->sentence || (tag != TAG_BLOCK && tag != TAG_SPAN);
}

/* Step 4: mark the blocks to be kept; returns their weight. */
static size_t
keep_blocks(Choice *choice, size_t body)
{
	const Page *page = choice->page;
	const PageElement *element = &page->elements[body];
	size_t		first = element->first_block;
	size_t		weight = 0;
	size_t		gap = HEADING_GAP;	/* blocks that were not kept, behind this one */

	memset(choice->kept, 0, page->nblocks * sizeof(bool));
	for (size_t i = element->end_block; i-- > first;)
	{
		const PageBlock *block = &page->blocks[i];
		const Sense *sense = &choice->senses[i];
		Tag			tag = tag_of_block(choice, i);
		bool		heading = is_heading(tag) && sense->weight < WEIGHT_HEADING;

		check(choice, i);
		if (is_left_out(choice, block->element) || choice->parts[block->element].furniture ||
			!sense->words || tag == TAG_HEADING1 || is_title(choice, block) ||
			(!heading && !is_text(choice, i)))
		{
			gap++;
			continue;
		}
		choice->kept[i] = !heading || gap < HEADING_GAP;
		gap = heading ? HEADING_GAP : 0;
	}

	/* what stands between title and body */
	for (size_t i = first; i-- > 0 && first - i <= LEAD_GAP;)
	{
		if (is_left_out(choice, page->blocks[i].element))
			continue;
		if (tag_of_block(choice, i) != TAG_HEADING1 && !is_title(choice, &page->blocks[i]))
			continue;
		for (i++; i < first; i++)
			choice->kept[i] = !is_left_out(choice, page->blocks[i].element) &&
				choice->senses[i].words && !is_title(choice, &page->blocks[i]) &&
				is_prose(&page->blocks[i], &choice->senses[i], WEIGHT_PROSE, WEIGHT_LEAD_SENTENCE);
		break;
	}
	for (size_t i = 0; i < element->end_block; i++)
		weight += choice->kept[i] ? choice->senses[i].weight : 0;
	return weight;
}

static size_t
choose(Choice *choice)
{
	size_t		body = find_body(choice);

	find_furniture(choice, body);
	return keep_blocks(choice, body);
}

static bool
write_kept(const Choice *choice, PageString *article)
{
	const Page *page = choice->page;

	for (size_t i = 0; i < page->nblocks; i++)
	{
		const PageBlock *block = &page->blocks[i];

		check(choice, i);
		if (choice->kept[i] &&
			((article->length > 0 && !page_append(page->env, article, "\n", 1)) ||
			 !page_append(page->env, article, page->text.bytes + block->start, block->length)))
			return false;
	}
	return true;
}

static bool
find(Choice *choice, PageString *article)
{
	const Page *page = choice->page;
	size_t		best = 0;
	int			best_round = 0;

	for (size_t i = 0; i < page->nblocks; i++)
	{
		check(choice, i);
		choice->senses[i] = sense_of(page->text.bytes + page->blocks[i].start, page->blocks[i].length);
	}
	leave_out(choice);
	for (choice->round = 0; choice->round < ROUNDS; choice->round++)
	{
		size_t		weight = choose(choice);

		if (weight > best + WEIGHT_BETTER || (best == 0 && weight > 0))
		{
			best = weight;
			best_round = choice->round;
		}
		if (weight >= WEIGHT_ENOUGH)
			break;
	}
	if (choice->round != best_round)
	{
		choice->round = best_round;
		choose(choice);
	}
	return write_kept(choice, article);
}

bool
article_find(const Page *page, PageString *article)
{
	const PageEnv *env = page->env;
	Choice		choice;
	bool		done;

	if (page->nblocks == 0)
		return true;
	memset(&choice, 0, sizeof(choice));
	choice.page = page;
	choice.parts = env->alloc(env->arg, page->nelements * sizeof(Part));
	choice.senses = env->alloc(env->arg, page->nblocks * sizeof(Sense));
	choice.kept = env->alloc(env->arg, page->nblocks * sizeof(bool));
	done = choice.parts != NULL && choice.senses != NULL && choice.kept != NULL &&
		article_find_title(page, &choice.title) && find(&choice, article);
	if (choice.parts != NULL)
		env->free(env->arg, choice.parts);
	if (choice.senses != NULL)
		env->free(env->arg, choice.senses);
	if (choice.kept != NULL)
		env->free(env->arg, choice.kept);
	if (choice.title.bytes != NULL)
		env->free(env->arg, choice.title.bytes);
	return done;
}

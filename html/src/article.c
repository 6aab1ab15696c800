#include "article.h"

#include <string.h>
#include <stdlib.h>
#include <stdio.h>

typedef struct BlockSense
{
	uint32_t	weight;
	uint32_t	commas;
	bool		ends_sentence;
	bool		has_letter;
	bool		content;
	uint8_t		drop;
	bool		kept;
} BlockSense;

typedef struct ElementSense
{
	float		score;
	uint32_t	weight;			/* of blocks not dropped */
	uint32_t	link_weight;
	uint32_t	content;		/* weight of content blocks, whatever is dropped */
	uint8_t		drop;
	bool		out;
} ElementSense;

typedef struct Choice
{
	const Page *page;
	BlockSense *blocks;
	ElementSense *elements;
	int			level;
} Choice;

static uint32_t
next_char(const char **text, const char *end)
{
	const unsigned char *s = (const unsigned char *) *text;
	size_t n = end - *text;
	uint32_t c = s[0];
	if (c >= 0xF0 && n > 3) { c = (c & 7) << 18 | (s[1] & 0x3F) << 12 | (s[2] & 0x3F) << 6 | (s[3] & 0x3F); *text += 4; }
	else if (c >= 0xE0 && n > 2) { c = (c & 15) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F); *text += 3; }
	else if (c >= 0xC0 && n > 1) { c = (c & 31) << 6 | (s[1] & 0x3F); *text += 2; }
	else *text += 1;
	return c;
}

static void
sense_block(const Page *page, const PageBlock *block, BlockSense *sense)
{
	const char *next = page->text.bytes + block->start;
	const char *end = next + block->length;
	memset(sense, 0, sizeof *sense);
	while (next < end)
	{
		uint32_t c = next_char(&next, end);
		if (c == ',' || c == 0x3001 || c == 0x60C || c == 0xFF0C) sense->commas++;
		if (c >= 0x2E80 && c < 0xFE00) sense->weight += 2; else sense->weight++;
		if (c == ' ' || c == ')' || c == '"' || c == '\'' || c == 0x201D || c == 0x2019 || c == 0xBB || c == 0x300D) continue;
		sense->ends_sentence = c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0x61F || c == 0x6D4 || c == 0x964 || c == ':' ;
		if ((c | 32) - 'a' < 26 || (c >= '0' && c <= '9') || c >= 0xC0) sense->has_letter = true;
	}
}

static float
density(uint32_t link, uint32_t all)
{
	return all == 0 ? 0 : (float) link / (float) all;
}

static void
sense_elements(Choice *ch)
{
	const Page *page = ch->page;
	for (size_t i = 0; i < page->nblocks; i++)
	{
		const PageBlock *b = &page->blocks[i];
		BlockSense *s = &ch->blocks[i];
		sense_block(page, b, s);
		s->content = s->weight >= 80 && s->ends_sentence && density(b->link_length, b->length) < 0.4f;
		if (s->content) ch->elements[b->element].content += s->weight;
	}
	for (size_t i = page->nelements; i-- > 1;)
		ch->elements[page->elements[i].parent].content += ch->elements[i].content;
	for (size_t i = 0; i < page->nelements; i++)
	{
		const PageElement *e = &page->elements[i];
		ElementSense *s = &ch->elements[i];
		uint8_t drop = 0;
		bool most = s->content * 2 > ch->elements[0].content;
		if (e->tag == TAG_FURNITURE || e->tag == TAG_CAPTION || e->tag == TAG_FIGURE)
			drop = 2;
		else if (e->tag != TAG_ROOT && e->tag != TAG_ARTICLE && (e->hints & HINT_NOT))
		{
			drop = (e->hints & (HINT_COMMENTS | HINT_NAVIGATION | HINT_SHARE | HINT_NOTICE | HINT_CAPTION | HINT_HIDDEN)) ? 2 : 1;
			if (most && !(e->hints & HINT_COMMENTS)) drop = 0;
			if (most && (e->hints & HINT_GOOD)) drop = 0;
		}
		if (i > 0 && ch->elements[e->parent].drop > drop) drop = ch->elements[e->parent].drop;
		s->drop = drop;
	}
	for (size_t i = 0; i < page->nblocks; i++)
		ch->blocks[i].drop = ch->elements[page->blocks[i].element].drop;
}

static bool
dropped(const Choice *ch, uint8_t drop)
{
	return drop + ch->level > 2 || (drop == 2 && ch->level < 1) || drop > 0 ? drop > ch->level : false;
}

static size_t
choose(Choice *ch)
{
	const Page *page = ch->page;
	size_t best = 0;
	float best_score = -1;
	for (size_t i = 0; i < page->nelements; i++)
	{
		ElementSense *s = &ch->elements[i];
		const PageElement *e = &page->elements[i];
		s->score = 0; s->weight = s->link_weight = 0; 
		if (e->hints & HINT_BODY) s->score += 25;
		else if (e->hints & HINT_GOOD) s->score += 10;
		if (e->tag == TAG_ARTICLE) s->score += 10;
		if (e->tag == TAG_BLOCK) s->score += 5;
		if (e->tag == TAG_LIST || e->tag == TAG_ITEM || e->tag == TAG_FORM) s->score -= 3;
	}
	for (size_t i = 0; i < page->nblocks; i++)
	{
		const PageBlock *b = &page->blocks[i];
		const BlockSense *s = &ch->blocks[i];
		uint32_t owner = b->element;
		float score;
		if (dropped(ch, s->drop)) continue;
		ch->elements[owner].weight += b->length;
		ch->elements[owner].link_weight += b->link_length;
		if (s->weight < 25 || density(b->link_length, b->length) > 0.5f) continue;
		if (page->elements[owner].tag == TAG_HEADING || page->elements[owner].tag == TAG_HEADING1) continue;
		score = 1 + s->commas + (s->weight > 300 ? 3 : s->weight / 100.f);
		if (page->elements[owner].tag != TAG_CELL && page->elements[owner].end == owner + 1 && page->elements[owner].end_block - page->elements[owner].first_block == 1)
			owner = page->elements[owner].parent;
		for (int up = 0; up < 6; up++)
		{
			ch->elements[owner].score += up == 0 ? score : up == 1 ? score / 2 : score / (3 * up);
			if (owner == 0) break;
			owner = page->elements[owner].parent;
		}
	}
	for (size_t i = page->nelements; i-- > 1;)
	{
		ch->elements[page->elements[i].parent].weight += ch->elements[i].weight;
		ch->elements[page->elements[i].parent].link_weight += ch->elements[i].link_weight;
	}
	for (size_t i = 0; i < page->nelements; i++)
	{
		ElementSense *s = &ch->elements[i];
		if (dropped(ch, s->drop)) continue;
		s->score *= 1 - density(s->link_weight, s->weight);
		if (s->score > best_score) { best = i; best_score = s->score; }
	}
	return best;
}

static void
keep(Choice *ch, size_t top)
{
	const Page *page = ch->page;
	const PageElement *t = &page->elements[top];
	bool heading = false;
	for (size_t i = 0; i < page->nblocks; i++) ch->blocks[i].kept = false;
	for (size_t i = top; i < t->end; i++)
	{
		const PageElement *e = &page->elements[i];
		ElementSense *s = &ch->elements[i];
		float d = density(s->link_weight, s->weight);
		s->out = i > top && ch->elements[e->parent].out;
		if (i > top && (e->tag == TAG_LIST || e->tag == TAG_TABLE || e->tag == TAG_FORM || e->tag == TAG_BLOCK) && d > 0.5f) s->out = true;
	}
	for (size_t i = t->end_block; i-- > t->first_block;)
	{
		const PageBlock *b = &page->blocks[i];
		BlockSense *s = &ch->blocks[i];
		Tag tag = page->elements[b->element].tag;
		if (dropped(ch, s->drop) || !s->has_letter || ch->elements[b->element].out || density(b->link_length, b->length) > 0.6f) continue;
		if (tag == TAG_HEADING1) continue;
		if (tag == TAG_HEADING) { s->kept = heading; heading = false; continue; }
		if ((tag == TAG_BLOCK || tag == TAG_SPAN) && s->weight < 40 && !s->ends_sentence) continue;
		heading = s->kept = true;
	}
}

bool
article_find(const Page *page, PageString *article)
{
	Choice ch = {page, NULL, NULL, 0};
	size_t best_length = 0;
	int best_level = 0;
	if (page->nblocks == 0) return true;
	ch.blocks = calloc(page->nblocks, sizeof(BlockSense));
	ch.elements = calloc(page->nelements, sizeof(ElementSense));
	sense_elements(&ch);
	for (ch.level = 0; ch.level < 3; ch.level++)
	{
		size_t length = 0;
		keep(&ch, choose(&ch));
		for (size_t i = 0; i < page->nblocks; i++) if (ch.blocks[i].kept) length += ch.blocks[i].weight;
		if (length > best_length + 200) { best_length = length; best_level = ch.level;}
		if (length > 500) break;
	}
	ch.level = best_level;
	{ size_t top = choose(&ch);
	keep(&ch, top);
	if (getenv("DEBUG")) {
	for (size_t i = 0; i < page->nblocks; i++) { const PageBlock *b = &page->blocks[i]; const PageElement *e = &page->elements[b->element];
	 fprintf(stderr, "%c%c lv%d w%u ld%.2f tag%d h%x drop%d out%d | %.*s\n", ch.blocks[i].kept ? '*' : ' ', i >= page->elements[top].first_block && i < page->elements[top].end_block ? '|' : ' ', ch.level, ch.blocks[i].weight, density(b->link_length, b->length), e->tag, e->hints, ch.blocks[i].drop, ch.elements[b->element].out, b->length > 150 ? 150 : (int) b->length, page->text.bytes + b->start);
	 }}
	}
	for (size_t i = 0; i < page->nblocks; i++) if (ch.blocks[i].kept) {
		const PageBlock *b = &page->blocks[i];
		if (article->length) page_append(page->env, article, "\n", 1);
		page_append(page->env, article, page->text.bytes + b->start, b->length);
	}
	free(ch.blocks); free(ch.elements);
	return true;
}

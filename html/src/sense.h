/*-------------------------------------------------------------------------
 *
 * sense.h
 *	  What a block of text is by its characters, in any language.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SENSE_H
#define SENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Sense
{
	uint32_t	weight;			/* characters, those of East Asia for two */
	uint32_t	commas;
	bool		words;			/* there are any */
	bool		sentence;		/* ends like one */
} Sense;

/* Of UTF-8, in which broken characters are taken for some. */
extern Sense sense_of(const char *text, size_t length);

#endif							/* SENSE_H */

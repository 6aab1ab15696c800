/*-------------------------------------------------------------------------
 *
 * scan.h
 *	  Bytes of text, 64 at a time: ASCII folded, words found and hashed.
 *	  Written for several processors and chosen at run time.
 *
 * Folded text is the words of a text as words.c takes them apart: their bytes
 * in lower case, without accents and joiners, UTF-8 where they are not ASCII,
 * and one byte or more up to ' ' between two words.
 *
 * words.c is the definition.  What is here gives the same, faster, for the
 * runs of ASCII that it takes, and leaves all else.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/kernel.h"

/* A byte of folded text that belongs to a word. */
#define IS_WORD(c) ((c) > ' ')

/* Bytes that are looked at together, one bit of a mask each. */
#define SCAN_BLOCK 64

/* Bytes that may be read behind folded text. */
#define SCAN_BEHIND (SCAN_BLOCK + 16)

/* Folded text is hashed in pieces of up to so many bytes. */
#define SCAN_MAX 2048
#define SCAN_EDGES (SCAN_MAX + SCAN_BLOCK)

typedef struct ScanKernel
{
	Kernel		kernel;

	/*
	 * Fold text from s on, byte for byte to folded[], up to a character that
	 * the plain path has to look at, or until fewer than SCAN_BLOCK of the n
	 * bytes are left.  Returns how many bytes were folded.  folded[-1] and
	 * folded[-2] are what was folded before, and up to SCAN_BLOCK bytes more
	 * than were folded are overwritten.
	 */
	size_t		(*fold) (const unsigned char *s, size_t n, unsigned char *folded);

	/*
	 * Hash the words of n bytes (SCAN_MAX at most) of folded text, which ends
	 * behind a word.  Returns how many hashes were written; edges[] is where
	 * each word begins and ends, in turn, and has room for SCAN_EDGES.
	 */
	size_t		(*hash) (const unsigned char *folded, size_t n, uint16_t *edges, uint64_t *hashes);
} ScanKernel;

/* The kernel in use: the portable one before scan_init(). */
extern const ScanKernel *scan_kernel;

/* Choose the fastest that the processor has; to be called once, at loading. */
extern void scan_init(void);

/*
 * For tests and benchmarks: the name of the i-th kernel that this processor
 * can run, the portable one first, NULL after the last; and the switch to one
 * of them by name, false if it can't run here.
 */
extern const char *scan_kernel_name(int i);
extern bool scan_force(const char *name);

extern const ScanKernel scan_portable;
#ifdef KERNEL_X86
extern const ScanKernel scan_avx2;
extern const ScanKernel scan_avx512;
#endif

#endif							/* SCAN_H */

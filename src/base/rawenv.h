/*-------------------------------------------------------------------------
 *
 * rawenv.h
 *	  What raw algorithms need of the world around them.
 *
 * They include no PostgreSQL header, so that they can be tested without a
 * server: memory and interruption come through here.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RAWENV_H
#define RAWENV_H

#include <stddef.h>
#include <stdint.h>

/*
 * alloc never returns NULL: it may leave by longjmp() instead, and then, as
 * when check() does, what was allocated is the caller's to clean up.  Sizes
 * are not limited to a gigabyte.  check() is called at least every few
 * milliseconds, so that work can be interrupted.  sort() is a qsort() that can.
 */
typedef struct RawEnv
{
	void	   *(*alloc) (void *arg, size_t size);
	void		(*free) (void *arg, void *pointer);
	void		(*check) (void *arg);
	void		(*sort) (void *base, size_t n, size_t size,
						 int (*compare) (const void *a, const void *b));
	void	   *arg;
} RawEnv;

/* Call check() once in so many rounds of a loop, of which this is number i. */
static inline void
raw_check(const RawEnv *env, uint64_t i)
{
	if (i % 16384 == 0)
		env->check(env->arg);
}

/* Tell the processor that memory will be read soon. */
#ifdef __GNUC__
#define raw_prefetch(address) __builtin_prefetch(address)
#else
#define raw_prefetch(address) ((void) (address))
#endif

#endif							/* RAWENV_H */

/*-------------------------------------------------------------------------
 *
 * rawenv.h
 *	  What raw algorithms need of the world around them.
 *
 * They include no PostgreSQL header, so that they can be tested without a
 * server: memory, interruption and secrets come through here.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RAWENV_H
#define RAWENV_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RAW_SECRETS 4

/*
 * alloc never returns NULL: it may leave by longjmp() instead, and then, as
 * when check() does, what was allocated is the caller's to clean up.  Sizes
 * are not limited to a gigabyte.  check() is called at least every few
 * milliseconds, so that work can be interrupted.  sort() is a qsort() that can.
 * secret[] are RAW_SECRETS random numbers, which whoever writes texts can't know:
 * what is hashed is hashed with them (hashtable.h), but no result depends on
 * them.
 */
typedef struct RawEnv
{
	void	   *(*alloc) (void *arg, size_t size);
	void		(*free) (void *arg, void *pointer);
	void		(*check) (void *arg);
	void		(*sort) (void *base, size_t n, size_t size,
						 int (*compare) (const void *a, const void *b));
	void	   *arg;
	const uint64_t *secret;
} RawEnv;

/* Call check() once in so many rounds of a loop, of which this is number i. */
static inline void
raw_check(const RawEnv *env, uint64_t i)
{
	if (i % 16384 == 0)
		env->check(env->arg);
}

/* The same for steps of work that are in no one loop, counted in *steps. */
static inline void
raw_step(const RawEnv *env, uint32_t *steps)
{
	if (++*steps % 16384 == 0)
		env->check(env->arg);
}

/* Bytes that are copied or set between two checks. */
#define RAW_PIECE ((size_t) 1 << 20)

/* memcpy() of any size. */
static inline void
raw_copy(const RawEnv *env, void *to, const void *from, size_t size)
{
	for (size_t i = 0; i < size; i += RAW_PIECE)
	{
		env->check(env->arg);
		memcpy((char *) to + i, (const char *) from + i, size - i < RAW_PIECE ? size - i : RAW_PIECE);
	}
}

/* Memory of any size that is zeros. */
static inline void *
raw_alloc_zero(const RawEnv *env, size_t size)
{
	char	   *memory = env->alloc(env->arg, size);

	for (size_t i = 0; i < size; i += RAW_PIECE)
	{
		env->check(env->arg);
		memset(memory + i, 0, size - i < RAW_PIECE ? size - i : RAW_PIECE);
	}
	return memory;
}

/* Other memory of "size" bytes, with the first "used" bytes of the old one. */
static inline void *
raw_enlarge(const RawEnv *env, void *old, size_t used, size_t size)
{
	void	   *larger = env->alloc(env->arg, size);

	raw_copy(env, larger, old, used);
	env->free(env->arg, old);
	return larger;
}

/* A function that is rarely called, and not to be inlined. */
#ifdef __GNUC__
#define RAW_RARE __attribute__((noinline, cold))
#else
#define RAW_RARE
#endif

/* Tell the processor that memory will be read soon. */
#ifdef __GNUC__
#define raw_prefetch(address) __builtin_prefetch(address)
#else
#define raw_prefetch(address) ((void) (address))
#endif

#endif							/* RAWENV_H */

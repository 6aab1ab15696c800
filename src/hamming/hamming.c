/*-------------------------------------------------------------------------
 *
 * hamming.c
 *	  The portable kernel, the one with the POPCNT instruction, and the
 *	  choice between all of them.
 *
 * Instructions that not every x86-64 has are confined to functions with a
 * target attribute, which are reached through a table that is chosen once:
 * one build runs everywhere.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/hamming_kernel.h"

/*
 * Where the compiler's own popcount is a library call, ours is faster;
 * elsewhere it is an instruction that every processor has.
 */
#if defined(__x86_64__) || defined(__i386__)
#define NATIVE_POPCOUNT false
#else
#define NATIVE_POPCOUNT true
#endif

#define BITCOUNT_NAME(name)	name##_portable
#ifdef __GNUC__
#define BITCOUNT_LANES		2
#else
#define BITCOUNT_LANES		1
#endif
#define BITCOUNT_TARGET
#include "hamming/hamming_bitcount.h"

static int
distance_portable(const void *a, const void *b, int words)
{
	return distance_body(a, b, words, NATIVE_POPCOUNT);
}

static inline size_t
scan_portable(const char *query, const char *codes, size_t n, int words,
	 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	return scan_range(query, codes, 0, n, words, radius, NATIVE_POPCOUNT,
					  match, distance, found);
}

/* With a loop of its own for the usual widths. */
static size_t
join_portable(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	switch (words)
	{
		case 1:
			return join_by(scan_portable, queries, nqueries, codes, n, 1, radius,
						   query, match, distance);
		case 2:
			return join_by(scan_portable, queries, nqueries, codes, n, 2, radius,
						   query, match, distance);
		case 4:
			return join_by(scan_portable, queries, nqueries, codes, n, 4, radius,
						   query, match, distance);
		default:
			return join_by(scan_portable, queries, nqueries, codes, n, words, radius,
						   query, match, distance);
	}
}

static size_t
filter_portable(const void *entries, size_t n, uint32_t query,
				uint32_t head, int head_radius, int radius,
				uint32_t *value, uint16_t *distance)
{
	return filter_range(entries, 0, n, query, head, head_radius, radius,
						NATIVE_POPCOUNT, value, distance, 0);
}

const HammingKernel hamming_portable = {
	"portable", distance_portable, join_portable, filter_portable,
	count_features_portable, add_bits_portable
};

#ifdef HAMMING_X86

HAMMING_TARGET("popcnt")
static int
distance_popcnt(const void *a, const void *b, int words)
{
	return distance_body(a, b, words, true);
}

HAMMING_TARGET("popcnt")
static inline size_t
scan_popcnt(const char *query, const char *codes, size_t n, int words,
	 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	return scan_range(query, codes, 0, n, words, radius, true,
					  match, distance, found);
}

HAMMING_TARGET("popcnt")
static size_t
join_popcnt(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	switch (words)
	{
		case 1:
			return join_by(scan_popcnt, queries, nqueries, codes, n, 1, radius,
						   query, match, distance);
		case 2:
			return join_by(scan_popcnt, queries, nqueries, codes, n, 2, radius,
						   query, match, distance);
		case 4:
			return join_by(scan_popcnt, queries, nqueries, codes, n, 4, radius,
						   query, match, distance);
		default:
			return join_by(scan_popcnt, queries, nqueries, codes, n, words, radius,
						   query, match, distance);
	}
}

/* Also the choice of the AVX2 kernel, which has no faster way. */
HAMMING_TARGET("popcnt")
size_t
filter_popcnt(const void *entries, size_t n, uint32_t query,
			  uint32_t head, int head_radius, int radius,
			  uint32_t *value, uint16_t *distance)
{
	return filter_range(entries, 0, n, query, head, head_radius, radius, true,
						value, distance, 0);
}

const HammingKernel hamming_popcnt = {
	"popcnt", distance_popcnt, join_popcnt, filter_popcnt,
	count_features_portable, add_bits_portable
};

#endif							/* HAMMING_X86 */

/* All kernels of this build, from the slowest to the fastest. */
static const HammingKernel *const kernels[] = {
	&hamming_portable,
#ifdef HAMMING_X86
	&hamming_popcnt,
	&hamming_avx2,
	&hamming_avx512,
#endif
};

#define NKERNELS	((int) (sizeof(kernels) / sizeof(kernels[0])))

static const HammingKernel *kernel = &hamming_portable;

/* Can this processor, under this operating system, run kernels[i]? */
static bool
kernel_runs(int i)
{
#ifdef HAMMING_X86
	bool		popcnt;
	bool		avx2;

	__builtin_cpu_init();
	popcnt = __builtin_cpu_supports("popcnt");
	avx2 = popcnt && __builtin_cpu_supports("avx2");

	if (kernels[i] == &hamming_popcnt)
		return popcnt;
	if (kernels[i] == &hamming_avx2)
		return avx2;
	if (kernels[i] == &hamming_avx512)
	{
#ifdef HAMMING_EMULATE_AVX512
		return avx2;
#else
		return avx2 &&
			__builtin_cpu_supports("avx512f") &&
			__builtin_cpu_supports("avx512dq") &&
			__builtin_cpu_supports("avx512vl") &&
			__builtin_cpu_supports("avx512vpopcntdq");
#endif
	}
#endif
	return kernels[i] == &hamming_portable;
}

void
hamming_init(void)
{
	for (int i = 0; i < NKERNELS; i++)
	{
		if (kernel_runs(i))
			kernel = kernels[i];
	}
}

const char *
hamming_kernel(void)
{
	return kernel->name;
}

const char *
hamming_kernel_name(int i)
{
	for (int k = 0; k < NKERNELS; k++)
	{
		if (kernel_runs(k) && i-- == 0)
			return kernels[k]->name;
	}
	return NULL;
}

bool
hamming_force(const char *name)
{
	for (int i = 0; i < NKERNELS; i++)
	{
		if (strcmp(kernels[i]->name, name) == 0 && kernel_runs(i))
		{
			kernel = kernels[i];
			return true;
		}
	}
	return false;
}

int
hamming_distance(const void *a, const void *b, int words)
{
	return kernel->distance(a, b, words);
}

size_t
hamming_scan(const void *query, const void *codes, size_t n, int words,
			 int radius, uint32_t *match, uint16_t *distance)
{
	return kernel->join(query, 1, codes, n, words, radius, NULL, match, distance);
}

size_t
hamming_join(const void *queries, size_t nqueries, const void *codes, size_t n,
			 int words, int radius,
			 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	return kernel->join(queries, nqueries, codes, n, words, radius,
						query, match, distance);
}

size_t
hamming_filter(const void *entries, size_t n, uint32_t query,
			   uint32_t head, int head_radius, int radius,
			   uint32_t *value, uint16_t *distance)
{
	return kernel->filter(entries, n, query, head, head_radius, radius,
						  value, distance);
}

void
feature_count(uint32_t *counts, const uint64_t *features, size_t n,
			  const uint64_t *multiplier, int words)
{
	kernel->count_features(counts, features, n, multiplier, words);
}

void
feature_weigh(uint32_t *sums, const uint64_t *bits, int words, uint32_t weight)
{
	kernel->add_bits(sums, bits, words, weight);
}

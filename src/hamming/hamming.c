/*-------------------------------------------------------------------------
 *
 * hamming.c
 *	  The portable kernel, the one with the POPCNT instruction, and the
 *	  choice between all of them.
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

static size_t
join_portable(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	return join_by_width(scan_portable, scan_portable, scan_portable, scan_portable, scan_portable,
						 queries, nqueries, codes, n, words, radius, query, match, distance);
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
	{"portable", NULL}, distance_portable, join_portable, filter_portable,
	count_features_portable, add_bits_portable
};

#ifdef KERNEL_X86

KERNEL_TARGET("popcnt")
static int
distance_popcnt(const void *a, const void *b, int words)
{
	return distance_body(a, b, words, true);
}

KERNEL_TARGET("popcnt")
static inline size_t
scan_popcnt(const char *query, const char *codes, size_t n, int words,
	 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	return scan_range(query, codes, 0, n, words, radius, true,
					  match, distance, found);
}

KERNEL_TARGET("popcnt")
static size_t
join_popcnt(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	return join_by_width(scan_popcnt, scan_popcnt, scan_popcnt, scan_popcnt, scan_popcnt,
						 queries, nqueries, codes, n, words, radius, query, match, distance);
}

/* Also the choice of the AVX2 kernel, which has no faster way. */
KERNEL_TARGET("popcnt")
size_t
filter_popcnt(const void *entries, size_t n, uint32_t query,
			  uint32_t head, int head_radius, int radius,
			  uint32_t *value, uint16_t *distance)
{
	return filter_range(entries, 0, n, query, head, head_radius, radius, true,
						value, distance, 0);
}

static bool
runs_popcnt(void)
{
	return KERNEL_CPU_HAS("popcnt");
}

const HammingKernel hamming_popcnt = {
	{"popcnt", runs_popcnt}, distance_popcnt, join_popcnt, filter_popcnt,
	count_features_portable, add_bits_portable
};

#endif							/* KERNEL_X86 */

static const Kernel *const kernels[] = {
	&hamming_portable.kernel,
#ifdef KERNEL_X86
	&hamming_popcnt.kernel,
	&hamming_avx2.kernel,
	&hamming_avx512.kernel,
#endif
	NULL
};

static const HammingKernel *kernel = &hamming_portable;

void
hamming_init(void)
{
	kernel = (const HammingKernel *) kernel_fastest(kernels);
}

const char *
hamming_kernel(void)
{
	return kernel->kernel.name;
}

const char *
hamming_kernel_name(int i)
{
	const Kernel *found = kernel_at(kernels, i);

	return found == NULL ? NULL : found->name;
}

bool
hamming_force(const char *name)
{
	const Kernel *found = kernel_named(kernels, name);

	if (found != NULL)
		kernel = (const HammingKernel *) found;
	return found != NULL;
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

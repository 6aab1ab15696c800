/*-------------------------------------------------------------------------
 *
 * kernel.h
 *	  Kernels: one piece of work written for several processors, of which the
 *	  fastest that runs here is chosen at run time.
 *
 * Instructions that not every processor of an architecture has are confined to
 * functions with a target attribute, reached through a table that begins with
 * a Kernel: one build runs everywhere.
 *
 * A list of kernels goes from the slowest, which runs everywhere, to the
 * fastest, and ends with NULL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNEL_X86 1
#define KERNEL_TARGET(isa)	__attribute__((target(isa)))

/* Can this processor, under this operating system, run them? */
#define KERNEL_CPU_HAS(feature)	(__builtin_cpu_init(), __builtin_cpu_supports(feature))
#endif

typedef struct Kernel
{
	const char *name;
	bool		(*runs) (void);	/* can it run here? NULL: everywhere */
} Kernel;

/* The i-th kernel that can run here, NULL after the last. */
static inline const Kernel *
kernel_at(const Kernel *const *kernels, int i)
{
	for (; *kernels != NULL; kernels++)
	{
		if (((*kernels)->runs == NULL || (*kernels)->runs()) && i-- == 0)
			return *kernels;
	}
	return NULL;
}

static inline const Kernel *
kernel_fastest(const Kernel *const *kernels)
{
	const Kernel *fastest = *kernels;

	for (int i = 0; kernel_at(kernels, i) != NULL; i++)
		fastest = kernel_at(kernels, i);
	return fastest;
}

/* That of a name, NULL if there is none that can run here. */
static inline const Kernel *
kernel_named(const Kernel *const *kernels, const char *name)
{
	const Kernel *kernel;

	for (int i = 0; (kernel = kernel_at(kernels, i)) != NULL; i++)
	{
		if (strcmp(kernel->name, name) == 0)
			return kernel;
	}
	return NULL;
}

#endif							/* KERNEL_H */

/*-------------------------------------------------------------------------
 *
 * cluster.h
 *	  Clusters of codes: connected by density, or stars.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <stdint.h>

#include "hamming/codeset.h"
#include "base/rawenv.h"

/*
 * Disjoint sets of 0 to n - 1 (union-find): parent[i] is another member of
 * the set of i, or i itself for the one that stands for the set, which is its
 * smallest member.
 */
extern void sets_init(uint32_t *parent, uint32_t n);
extern uint32_t sets_find(uint32_t *parent, uint32_t member);
extern void sets_unite(uint32_t *parent, uint32_t a, uint32_t b);

typedef enum ClusterMethod
{
	/*
	 * DBSCAN (Ester, Kriegel, Sander, Xu 1996).  A code is a core if at least
	 * "minpoints" rows lie within the radius, its own among them.  Cores
	 * within the radius of each other are in one cluster; any other code
	 * belongs to the nearest core within the radius, or is noise.  A chain
	 * of small steps can make a cluster of any diameter.
	 */
	CLUSTER_DBSCAN,

	/*
	 * Offline star clustering (Aslam, Pelekhov, Rus 2004, "The star
	 * clustering algorithm for static and dynamic information organization",
	 * section 2).  Codes are visited in order of the rows within the radius,
	 * most first; each that is not within the radius of a center becomes one
	 * itself, until fewer than "minpoints" rows are left within the radius.
	 * Every other code belongs to the nearest center within the radius, or is
	 * noise.
	 */
	CLUSTER_STAR
} ClusterMethod;

#define CLUSTER_NOISE	UINT32_MAX

/*
 * Cluster the codes of a set: label[i] becomes the number of one code that
 * stands for the cluster of code i (the smallest core, or the center), or
 * CLUSTER_NOISE.  label[] has room for set->ncodes entries.  Of several
 * nearest cores or centers, and of several codes with as many rows around
 * them, the smallest code is preferred: nothing depends on the order of rows.
 *
 * Uses 8 * words + 20 bytes a code beside the set, and up to 64 more, with a
 * minimum of 16 MB, to remember pairs unless minpoints is 1 and the method
 * is CLUSTER_DBSCAN; where there are more pairs, they are found twice.
 */
extern void cluster_codes(const CodeSet *set, int radius, uint32_t minpoints,
						  ClusterMethod method, const RawEnv *env,
						  uint32_t *label);

/*
 * Number the clusters of rows from 0 on, in the order in which their first
 * rows come: number[row] is the number, or -1 for noise.  label[] is what
 * cluster_codes() made.  Returns how many clusters there
 * are.  Uses 4 bytes a code.
 */
extern uint32_t cluster_number(const CodeSet *set, const uint32_t *label,
							   const RawEnv *env, int32_t *number);

#endif							/* CLUSTER_H */

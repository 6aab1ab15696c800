# simhash: article similarity for PostgreSQL
#
# make, make install, make installcheck: what PGXS users know, with any
# PG_CONFIG=...

PG_CONFIG ?= pg_config
srcdir ?= .

EXTENSION = simhash
MODULE_big = simhash

OBJS = \
	src/simhash.o \
	src/simhash_io.o \
	src/simhash_ops.o \
	src/simhash_ball.o \
	src/bands.o \
	src/simhash_bands.o \
	src/text/scan.o \
	src/text/scan_avx2.o \
	src/text/scan_avx512.o \
	src/text/words.o \
	src/text/shingles.o \
	src/text/automaton.o \
	src/text/passages.o \
	src/featuresum.o \
	src/servertext.o \
	src/serverenv.o \
	src/querytext.o \
	src/to_simhash.o \
	src/simhash_agg.o \
	src/hamming.o \
	src/hamming_avx2.o \
	src/hamming_avx512.o \
	src/gist.o \
	src/shared_passages.o \
	src/cluster.o \
	src/codeset.o \
	src/hamming_pairs.o \
	src/partition_clusters.o \
	src/cluster_args.o \
	src/cluster_window.o \
	src/analyze.o \
	src/allpairs.o \
	src/idlist.o \
	src/simhash_pairs.o \
	src/pairs_components.o \
	src/stories/terms.o \
	src/stories/corpus.o \
	src/stories/similar.o \
	src/stories/average_link.o \
	src/stories/center.o \
	src/story_terms.o \
	src/story_corpus.o \
	src/story_cluster.o \
	src/story_words.o \
	src/story_summary.o \
	src/distance_curve.o \
	src/statistics.o \
	src/within_clause.o \
	src/selectivity.o \
	src/planner.o \
	src/mih/mih_probe.o \
	src/mih/mih_sort.o \
	src/mih/mih_pages.o \
	src/mih/mih_store.o \
	src/mih/mih_list.o \
	src/mih/mih_run.o \
	src/mih/mih_build.o \
	src/mih/mih_insert.o \
	src/mih/mih_compact.o \
	src/mih/mih_vacuum.o \
	src/mih/mih_model.o \
	src/mih/mih_results.o \
	src/mih/mih_search.o \
	src/mih/mih_scan.o \
	src/mih/mih_cost.o \
	src/mih/mih_validate.o \
	src/mih/mih_handler.o \
	src/mih/mih_inspect.o \
	src/mih/mih_check.o \
	src/text/sketch.o \
	src/to_textsketch.o \
	src/textsketch_value.o \
	src/textsketch_measure.o \
	src/textsketch_io.o \
	src/textsketch_ops.o \
	src/textsketch_query.o \
	src/textsketch_gin.o \
	src/textsketch_statistics.o \
	src/textsketch_planner.o \
	src/element_index.o \
	src/textsketch_pairs.o

DATA = $(patsubst $(srcdir)/%,%,$(wildcard $(srcdir)/src/simhash--*.sql))

# PostgreSQL's headers are not ours to warn about, nor the options of gcc
# that it was configured with when the compiler is clang.
PG_CFLAGS = -Wall -Wextra \
	$(if $(findstring clang,$(CC)),-Wno-unknown-warning-option -Wno-ignored-optimization-argument)
PG_CPPFLAGS = -iquote $(srcdir)/src -isystem $(shell $(PG_CONFIG) --includedir-server)

REGRESS = $(sort $(patsubst $(srcdir)/sql/%.sql,%,$(wildcard $(srcdir)/sql/*.sql)))
REGRESS_OPTS = --inputdir=$(srcdir)
ISOLATION = $(sort $(patsubst $(srcdir)/test/isolation/specs/%.spec,%,$(wildcard $(srcdir)/test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(srcdir)/test/isolation

# These aren't PGXS's: they need nothing installed, set up a private PostgreSQL
# under .pg/ and remove its server afterwards; see test/lib.sh.
PRIVATE = test demo check-all check-warnings check-lint check-sanitize check-fuzz \
	check-stress check-valgrind check-bigendian check-pg17 check-pg18 check-upgrade \
	check-versions check-packages check-pgxn

.PHONY: $(PRIVATE)
ifneq ($(filter-out $(PRIVATE),$(or $(MAKECMDGOALS),all)),)
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Objects may go to another folder than the sources' (a VPATH build).  Only
# sources are looked for there: objects of another build are no concern of
# this one.
ifneq ($(VPATH),)
vpath %.c $(VPATH)
vpath %.sql $(VPATH)
vpath %.control $(VPATH)
srcdir := $(srcdir)
override VPATH =
endif
$(shell mkdir -p $(sort $(dir $(OBJS))))

# The loops that are most of the work.
src/featuresum.o: CFLAGS += $(CFLAGS_UNROLL_LOOPS) $(CFLAGS_VECTORIZE)

# Header dependencies: the rooms are small, so any header rebuilds them all.
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h)
endif

test:
	@test/run
demo:
	@test/demo

# The longer suites; those of other versions need root, for debootstrap.
check-all:
	@$(MAKE) -j1 test check-warnings check-lint check-sanitize check-fuzz check-stress \
		check-bigendian check-pg17 check-pg18 check-upgrade
check-warnings:
	@test/warnings
check-lint:
	@test/lint
check-sanitize:
	@test/run sanitize
check-stress:
	@test/run stress
check-valgrind:
	@test/release bookworm 15 valgrind $(NAMES)
check-fuzz:
	@test/fuzz-all
check-pg17:
	@test/release trixie 17
check-bigendian:
	@test/bigendian
check-pg18:
	@test/release testing 18
check-upgrade:
	@test/upgrade/run
check-versions:
	@test/versions
check-packages:
	@test/packages
check-pgxn:
	@test/pgxn

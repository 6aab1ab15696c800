# simhash: article similarity for PostgreSQL
#
# make, make install, make installcheck: what PGXS users know, with any
# PG_CONFIG=...

PG_CONFIG ?= pg_config
srcdir ?= .

EXTENSION = simhash
MODULE_big = simhash

OBJS = $(sort $(patsubst $(srcdir)/%.c,%.o,$(wildcard $(srcdir)/src/*.c $(srcdir)/src/*/*.c)))

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
src/simhash/featuresum.o: CFLAGS += $(CFLAGS_UNROLL_LOOPS) $(CFLAGS_VECTORIZE)

# Header dependencies: the rooms are small, so any header rebuilds them all.
$(OBJS): $(wildcard $(srcdir)/src/*.h $(srcdir)/src/*/*.h)

# html/ is an extension of its own, made where libxml2's headers are, unless
# HTML is empty.
XML_CPPFLAGS := $(shell xml2-config --cflags 2>/dev/null || pkg-config --cflags libxml-2.0 2>/dev/null)
ifeq ($(origin HTML),undefined)
HTML := $(shell echo '\#include <libxml/HTMLparser.h>' | \
	$(CC) $(XML_CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo html || echo missing)
endif
ifeq ($(HTML),html)
all: html-all
install: html-install
installdirs: html-installdirs
uninstall: html-uninstall
installcheck: html-installcheck
else ifeq ($(HTML),missing)
all: html-missing
html-missing:
	@echo "simhash_html is left out: no headers of libxml2 (Debian: libxml2-dev)"
.PHONY: html-missing
endif
clean: html-clean
html-%:
	@mkdir -p html
	$(MAKE) -C html -f $(abspath $(srcdir))/html/Makefile VPATH=$(if $(filter-out .,$(srcdir)),$(abspath $(srcdir))/html) \
		XML_CPPFLAGS="$(XML_CPPFLAGS)" $*
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

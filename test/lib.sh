# shellcheck shell=bash
#
# What the test and demo scripts share: a PostgreSQL of their own, built from
# the machine's, with the extension in it, and a server that leaves no trace.
#
#   need WHAT...      finds what a script needs, fetches what is missing
#   build_private     copies the server's tree into .pg/ and installs into it
#   start_run         a folder under /tmp and the traps that clear it all up
#   start_server      a new cluster there, reached by Unix socket only
#   job COMMAND       runs a command so that a signal ends it at once
#
# Nothing is installed into the system's PostgreSQL, and no running cluster is
# touched. PostgreSQL finds its libraries and its share folder relative to its
# own program, so a copy of the tree is a complete installation.

set -eu
umask 022						# the server's user must be able to read the tree
export LC_ALL=C

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$TOP"
WORK=$TOP/.pg					# everything made here; ignored by git
DEB=$WORK/deb					# packages unpacked where there is no root
RUN=							# folder of this run's server
SERVER=							# process of this run's server
JOB=							# process group of the running job
PART=							# the extension below that make is for: /html, or none
PRELOAD=						# library that servers are to load first

# PGHOST, PGOPTIONS and the like would lead to another server, and make's own
# variables would override what is passed to the inner make.
for var in ${!PG@}; do
	[ "$var" = PG_CONFIG ] || unset "$var"
done
unset MAKEFLAGS MFLAGS MAKELEVEL

say()
{
	echo "simhash: $*"
}

die()
{
	echo "simhash: $*" >&2
	exit 1
}

is_root()
{
	[ "$(id -u)" = 0 ]
}

#
# What is there, and what is missing
#

# Is this the pg_config of a PostgreSQL that has server, headers and PGXS?
usable()
{
	local bin

	bin=$("$1" --bindir 2>/dev/null) &&
		[ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] && [ -x "$bin/psql" ] &&
		[ -f "$("$1" --includedir-server)/postgres.h" ] &&
		[ -f "$("$1" --pgxs)" ]
}

# Sets PG_CONFIG: as given, from PATH, Debian's newest, or the unpacked one.
find_pg_config()
{
	local candidate

	if [ -n "${PG_CONFIG:-}" ]; then
		usable "$PG_CONFIG" ||
			die "PG_CONFIG=$PG_CONFIG has no server with headers (postgres, initdb, psql, postgres.h, PGXS)"
		return 0
	fi
	for candidate in pg_config \
		$(ls -rv /usr/lib/postgresql/*/bin/pg_config 2>/dev/null) \
		"$DEB"/usr/lib/postgresql/*/bin/pg_config; do
		if usable "$candidate"; then
			PG_CONFIG=$(command -v "$candidate")
			return 0
		fi
	done
	return 1
}

# CC may be several words, such as "ccache gcc", here and wherever it is used.
compiles()
{
	# shellcheck disable=SC2086
	echo "#include <$1>" | ${CC:-gcc} -x c -fsyntax-only - 2>/dev/null
}

# The HTML parser of html/, which lies in a folder of its own.
has_libxml2()
{
	# shellcheck disable=SC2046
	echo '#include <libxml/HTMLparser.h>' | "${CC:-gcc}" $(xml2-config --cflags 2>/dev/null ||
		pkg-config --cflags libxml-2.0 2>/dev/null) -x c -fsyntax-only - 2>/dev/null
}

has_tap_modules()
{
	command -v prove >/dev/null && perl -MIPC::Run -MTest::More -e 1 2>/dev/null
}

fuzzes()
{
	echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
		clang -x c -fsanitize=fuzzer -o /dev/null - 2>/dev/null
}

# Names what is missing of WHAT, as Debian packages; @ stands for PostgreSQL's
# version.
missing()
{
	local what

	for what in "$@"; do
		case $what in
			server)
				find_pg_config || echo "postgresql-@ postgresql-server-dev-@"
				command -v make >/dev/null || echo make
				compiles stdio.h || echo gcc libc6-dev
				compiles xxhash.h || echo libxxhash-dev
				has_libxml2 || echo libxml2-dev
				;;
			tap) has_tap_modules || echo libipc-run-perl perl ;;
			clang) command -v clang >/dev/null || echo clang ;;
			fuzzer)
				fuzzes || echo clang libclang-rt-dev libxxhash-dev
				has_libxml2 || echo libxml2-dev
				;;
			bigendian)
				command -v s390x-linux-gnu-gcc >/dev/null || echo gcc-s390x-linux-gnu libc6-dev-s390x-cross
				command -v qemu-s390x >/dev/null || echo qemu-user
				;;
			valgrind) command -v valgrind >/dev/null || echo valgrind libc6-dbg ;;
			debootstrap) command -v debootstrap >/dev/null || echo debootstrap ;;
			lint)
				command -v cppcheck >/dev/null || echo cppcheck
				command -v clang-tidy >/dev/null || echo clang-tidy
				command -v shellcheck >/dev/null || echo shellcheck
				;;
		esac
	done
}

# need WHAT...: server (PostgreSQL and a compiler; sets PG_CONFIG), tap (the
# modules of the TAP tests), clang, fuzzer, debootstrap, valgrind, bigendian
# (compiler and emulator), lint (static analysis). Fetches what is missing.
need()
{
	local names

	case $TOP in
		*[[:space:]]*) die "make can't build in a folder with a space in its path: $TOP" ;;
	esac
	mkdir -p "$WORK" 2>/dev/null || true
	[ -w "$WORK" ] || die "cannot write to $WORK"

	use_unpacked
	[ -z "${PG_CONFIG:-}" ] || find_pg_config
	names=$(missing "$@" | tr '\n' ' ')
	if [ -n "$names" ]; then
		fetch "$names"
		names=$(missing "$@" | tr '\n' ' ')
		[ -z "$names" ] || die "still missing: $names"
	fi
	case " $* " in
		*" server "*) find_pg_config ;;
	esac
}

#
# Fetching what is missing
#

# Fetches packages: apt as root or through sudo, else unpacked into .pg/deb.
fetch()
{
	local names=$1 sudo=

	command -v apt-get >/dev/null ||
		die "missing, and there is no apt-get here to fetch it: ${names//-@/}"
	if is_root; then
		fetch_installed "$names"
	elif sudo -n true 2>/dev/null; then
		sudo="sudo -n"
		fetch_installed "$names"
	else
		fetch_unpacked "$names"
	fi
}

# Runs a command of apt, showing what it said only when it fails.
quietly()
{
	"$@" >"$WORK/apt.log" 2>&1 </dev/null || {
		tail -n 5 "$WORK/apt.log" >&2
		die "failed: $*"
	}
}

# The version of PostgreSQL to fetch the rest of: the one installed, or the
# distribution's.
debian_version()
{
	local version

	version=$(find /usr/lib/postgresql/*/bin/postgres 2>/dev/null |
		cut -d/ -f5 | sort -n | tail -n 1)
	[ -n "$version" ] || version=$(apt-cache depends postgresql |
		sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1)
	[ -n "$version" ] || die "apt knows no package of PostgreSQL"
	echo "$version"
}

fetch_installed()
{
	local version

	say "installing with apt-get: ${1//-@/}"
	# An unreachable third-party source is no reason to stop.
	$sudo apt-get -qq update >"$WORK/apt.log" 2>&1 || true
	version=$(debian_version)
	# --no-upgrade: upgrading a server would restart its clusters.
	# shellcheck disable=SC2086
	quietly $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		--no-upgrade --no-install-recommends install ${1//@/$version}
}

# The same without root: apt with state and cache folders of its own downloads
# the packages that the system lacks, and they are unpacked, not installed.
fetch_unpacked()
{
	local version names

	say "no root and no sudo: unpacking into .pg/deb: ${1//-@/}"
	mkdir -p "$WORK/apt/state/lists/partial" "$WORK/apt/cache/archives/partial" "$DEB"
	cat >"$WORK/apt/apt.conf" <<-END
		Dir::State "$WORK/apt/state";
		Dir::State::status "/var/lib/dpkg/status";
		Dir::Cache "$WORK/apt/cache";
		Debug::NoLocking "true";
	END
	export APT_CONFIG=$WORK/apt/apt.conf
	apt-get -qq update >"$WORK/apt.log" 2>&1 || true
	version=$(debian_version)

	# Let apt resolve the dependencies, then leave out what is installed in an
	# older version (marked by "[") and the LLVM that PGXS's bitcode and JIT
	# would use: it is most of the bytes, and nothing here needs it.
	# shellcheck disable=SC2086
	quietly apt-get -s --no-install-recommends install ${1//@/$version}
	names=$(sed -n 's/^Inst \([^ ]*\) (.*/\1/p' "$WORK/apt.log" |
		grep -vE '^(lib)?(clang|llvm)|^libobjc|^libgc1$|^libz3')
	# shellcheck disable=SC2086
	(cd "$WORK/apt/cache/archives" && quietly apt-get -qq download $names)
	for file in "$WORK"/apt/cache/archives/*.deb; do
		dpkg -x "$file" "$DEB"
	done
	rm -rf "$WORK/apt"
	unset APT_CONFIG

	rm -f "$DEB"/usr/lib/postgresql/*/lib/llvmjit.so
	# The linker scripts name the C library's parts by absolute path.
	grep -lrs '^GROUP' "$DEB"/usr/lib/*-linux-gnu*/lib[cm].so |
		while read -r file; do
			sed -i 's|/usr/lib/[^/ ]*/lib|lib|g' "$file"
		done
	# Headers may come alone, for a library that is installed.
	find "$DEB"/usr/lib/*-linux-gnu* -maxdepth 1 -xtype l -name 'lib*.so' |
		while read -r file; do
			target=${file%/*}/$(readlink "$file")
			ln -sf "${target#"$DEB"}" "$file"
		done
	use_unpacked
}

# Makes the unpacked programs, headers and libraries known.
use_unpacked()
{
	local lib

	[ -d "$DEB/usr/bin" ] || return 0
	for lib in "$DEB"/usr/lib/*-linux-gnu*; do
		export CPATH=$DEB/usr/include:$DEB/usr/include/${lib##*/}:$DEB/usr/include/libxml2
		export LIBRARY_PATH=$lib:$DEB/lib/${lib##*/}
		export LD_LIBRARY_PATH=$LIBRARY_PATH
	done
	export PATH=$PATH:$DEB/usr/bin
	PERL5LIB=$(printf '%s:' "$DEB"/usr/share/perl*{,/5.*} "$DEB"/usr/lib/*/perl{,5}/5.*)
	export PERL5LIB
}

#
# A PostgreSQL of our own
#

# path NAME: a folder of the private tree, by pg_config's name of it.
path()
{
	echo "$TREE$("$PG_CONFIG" "--$1")"
}

# copy_folder FROM TO: with the folder's own attributes left as umask says.
copy_folder()
{
	mkdir -p "$2"
	tar -C "$1" -c --exclude=./bitcode . | tar -C "$2" -x --no-same-owner
}

# Copies what a server and PGXS need to .pg/VERSION/tree, unless it is there.
copy_tree()
{
	local bin state program

	bin=$("$PG_CONFIG" --bindir)
	state=$("$PG_CONFIG"; ls -lL "$bin/postgres" "$("$PG_CONFIG" --pgxs)")
	[ "$(cat "$VARIANT/copied" 2>/dev/null)" != "$state" ] || return 0

	rm -rf "$VARIANT"
	mkdir -p "$TREE$bin"
	# By name, for bindir is /usr/bin on some systems.
	for program in "$bin"/{postgres,initdb,psql,createdb,dropdb,vacuumdb,pgbench} "$bin"/pg_*; do
		[ ! -x "$program" ] || cp -L "$program" "$TREE$bin/"
	done
	copy_folder "$("$PG_CONFIG" --pkglibdir)" "$(path pkglibdir)"
	copy_folder "$("$PG_CONFIG" --sharedir)" "$(path sharedir)"
	copy_folder "$("$PG_CONFIG" --includedir-server)" "$(path includedir-server)"
	echo "$state" >"$VARIANT/copied"
}

# build_private [NAME [MAKE-VARIABLE...]]: brings .pg/VERSION[-NAME] up to date
# with the sources. Sets TREE, BUILD (objects, results) and BIN.
build_private()
{
	local name=${1:+-$1} version log

	shift $(($# > 0))
	version=$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
	VARIANT=$WORK/$version$name
	TREE=$VARIANT/tree
	BUILD=$VARIANT/build
	copy_tree
	BIN=$(path bindir)
	mkdir -p "$BUILD"
	log=$VARIANT/build.log
	private_make "$@" all install >"$log" 2>&1 || {
		cat "$log" >&2
		die "the build failed"
	}
	grep -A 5 warning: "$log" >&2 || true
}

# make in the build folder, or that of html/, against the private tree. No bitcode: it serves
# inlining by JIT alone and needs the very clang that PostgreSQL was built with.
# A PostgreSQL that was built in its source folder doesn't find VPATH by itself.
private_make()
{
	make --no-print-directory -s -C "$BUILD$PART" -f "$TOP$PART/Makefile" \
		VPATH="$TOP$PART" PG_CONFIG="$BIN/pg_config" with_llvm=no ${CC:+CC="$CC"} "$@"
}

#
# The server
#

# Replaces the calling subshell by a command run as the server's user:
# PostgreSQL refuses to run as root.
as_server()
{
	if is_root; then
		exec setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups \
			env HOME="$RUN" "$@"
	fi
	exec "$@"
}

# Makes the run's folder. From here on, the end is tidy however it comes.
start_run()
{
	trap stop EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# Under /tmp whatever TMPDIR says: a socket's path has 107 bytes at most.
	RUN=$(mktemp -d /tmp/simhash.XXXXXX)
}

# start_server [SETTING...]: a new cluster, its superuser postgres, that psql
# and pg_regress find through PGHOST. SETTINGs are name=value.
start_server()
{
	local setting options=() tries=0

	if is_root; then
		if ! command -v setpriv >/dev/null || ! id nobody >/dev/null 2>&1; then
			die "root needs setpriv and a user nobody to run the server; an ordinary user needs neither"
		fi
		chown nobody "$RUN"
		# The clone may lie where that user can't go, such as root's home.
		if ! (as_server test -r "$BIN/postgres") 2>/dev/null; then
			cp -R "$TREE" "$RUN/tree"
			TREE=$RUN/tree
			BIN=$(path bindir)
		fi
	fi
	export PATH=$BIN:$PATH
	export PGHOST=$RUN PGPORT=5432 PGUSER=postgres PGDATABASE=postgres

	for setting in listen_addresses= unix_socket_directories="$RUN" port=5432 "$@"; do
		options+=(-c "$setting")
	done
	cd /					# a folder that the server's user can be in
	(as_server "$BIN/initdb" -D "$RUN/data" -U postgres -A trust --no-locale -E UTF8 --no-sync) \
		>"$RUN/initdb.log" 2>&1 </dev/null || {
		cat "$RUN/initdb.log" >&2
		die "initdb failed"
	}
	# In a process group of its own, so that Ctrl-C reaches the script alone.
	set -m
	as_server env ${PRELOAD:+LD_PRELOAD="$PRELOAD"} "$BIN/postgres" -D "$RUN/data" "${options[@]}" \
		>"$RUN/server.log" 2>&1 </dev/null &
	SERVER=$!
	set +m
	cd "$TOP"
	# Asking it would start a process each time, which is slow under valgrind.
	until grep -qs 'database system is ready' "$RUN/server.log"; do
		tries=$((tries + 1))
		if ! kill -0 "$SERVER" 2>/dev/null || [ "$tries" -gt $((${PGCTLTIMEOUT:-60} * 10)) ]; then
			cat "$RUN/server.log" >&2
			die "the server did not start"
		fi
		sleep 0.1
	done
}

# The sources that a C test names in a line: /* sources: src/a.c src/b.c */
sources()
{
	sed -n 's|^/\* sources: \(.*\) \*/$|\1|p' "$1"
}

# Runs a command in a process group of its own and waits: bash acts on a
# signal while it waits, but not before a command in the foreground is done.
job()
{
	local status=0

	set -m
	"$@" </dev/null &
	JOB=$!
	set +m
	wait "$JOB" || status=$?
	JOB=
	return "$status"
}

# At exit, however it comes: ends what was started, by its own number, and
# removes its folder.
stop()
{
	local status=$? file pid

	trap '' HUP INT TERM
	if [ -n "$JOB" ]; then
		kill -TERM -- "-$JOB" 2>/dev/null || true
		wait "$JOB" || true
	fi
	[ -z "$SERVER" ] || stop_postmaster "$SERVER"
	# Servers of TAP tests that were cut short.
	find "$RUN" -name postmaster.pid 2>/dev/null | while read -r file; do
		pid=$(head -n 1 "$file")
		if [ "$(as_server readlink "/proc/$pid/cwd")" = "${file%/*}" ]; then
			stop_postmaster "$pid"
		fi
	done
	rm -rf "$RUN"
	exit "$status"
}

# Dead processes that nobody waits for don't count.
alive()
{
	kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# A fast shutdown, and an immediate one for a server that doesn't obey.
stop_postmaster()
{
	local tries=0

	kill -INT "$1" 2>/dev/null || return 0
	while alive "$1" && [ "$tries" -lt 200 ]; do
		tries=$((tries + 1))
		[ "$tries" -ne 100 ] || kill -QUIT "$1" 2>/dev/null || true
		sleep 0.1
	done
}

# shellcheck shell=bash
#
# What the benchmarks share, beside test/lib.sh.

# Fetches ClickHouse as a library, the npm package chdb (0.5 GB), into
# .pg/chdb; false if that can't be had.
fetch_chdb()
{
	export NODE_PATH=$WORK/chdb/node_modules
	[ ! -d "$NODE_PATH/chdb" ] || return 0
	command -v npm >/dev/null || { say "ClickHouse is left out: no npm"; return 1; }
	say "fetching chdb with npm"
	mkdir -p "$WORK/chdb"
	(cd "$WORK/chdb" && npm install --no-audit --no-fund --prefix . chdb@3) >"$WORK/npm.log" 2>&1 ||
		{ say "ClickHouse is left out: see $WORK/npm.log"; return 1; }
}

sql()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

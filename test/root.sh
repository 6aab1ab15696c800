# shellcheck shell=bash
#
# A root of another release of Debian, for tests and benchmarks on it. Sourced
# after test/lib.sh; needs root, for debootstrap and chroot.
#
#   make_root SUITE [ARCHITECTURE]	once, under SIMHASH_ROOTS (.pg/roots); sets root
#   copy_to_root NAME	the checkout to its /home/tester/NAME; sets copy
#   inside COMMAND		runs it there, as root
#   as_tester COMMAND	for use in there: as an ordinary user
#
# A suite is a release of Debian; or "noble", an Ubuntu that has PostgreSQL 16;
# or "experimental", Debian's unstable and what comes after.

# The mirror that apt uses on this machine.
mirror()
{
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

make_root()
{
	local suite=$1 arch=${2:-} base=$1 url script='' components=main keyring='' wanted

	root=${SIMHASH_ROOTS:-$WORK/roots}/$suite${arch:+-$arch}
	[ ! -d "$root" ] || return 0
	wanted=$root

	if [ "$suite" = noble ]; then
		# Its keys are a package of Debian's, in trixie.
		make_root trixie
		keyring=$root/usr/share/keyrings/ubuntu-archive-keyring.gpg
		[ -f "$keyring" ] || job inside "apt-get -qq update
			apt-get -qq -y --no-install-recommends install ubuntu-keyring >/dev/null"
		root=$wanted
		url=${SIMHASH_UBUNTU:-http://archive.ubuntu.com/ubuntu}
		components=main,universe
		script=/usr/share/debootstrap/scripts/gutsy	# all Ubuntus are made by it
	else
		[ "$suite" != experimental ] || base=unstable
		url=$(mirror)
		if [ -z "$url" ]; then
			quietly apt-get -qq update
			url=$(mirror)
		fi
		[ -n "$url" ] || die "apt knows no Debian mirror to make a root of $suite from"
	fi
	say "making a root of $suite${arch:+ ($arch)} in $root"
	rm -rf "$root.part"
	mkdir -p "$root.part"
	# shellcheck disable=SC2086
	job quietly debootstrap --variant=minbase --include=make --components="$components" \
		${keyring:+--keyring="$keyring"} ${arch:+--arch="$arch"} "$base" "$root.part" "$url" $script
	[ "$suite" = "$base" ] ||
		echo "deb $url $suite main" >"$root.part/etc/apt/sources.list.d/$suite.list"
	# A mirror may be a snapshot that has expired, and apt here be told so.
	apt-config dump Acquire::Check-Valid-Until >"$root.part/etc/apt/apt.conf.d/mirror"
	chroot "$root.part" useradd --create-home tester
	mv "$root.part" "$root"
}

# .pg stays: it holds the previous run's build.
copy_to_root()
{
	copy=$root/home/tester/$1
	mkdir -p "$copy/.pg"
	find "$copy" -mindepth 1 -maxdepth 1 ! -name .pg -exec rm -rf {} +
	tar -C "$TOP" -c --exclude=./.pg --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' . |
		tar -C "$copy" -x --no-same-owner
}

# In namespaces of their own, so that nothing is left mounted or running. A
# command isn't run with exec: the first process of a namespace ignores most
# signals.
inside()
{
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child sh -ec '
		mount --rbind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		mount -t tmpfs tmpfs "$1/tmp"
		cp -L /etc/resolv.conf "$1/etc/" || true
		exec chroot "$1" env -i HOME=/root PATH="$PATH" DEBIAN_FRONTEND=noninteractive bash -ec "$2"
	' sh "$root" '
		as_tester() { setpriv --reuid=tester --regid=tester --clear-groups env HOME=/home/tester "$@"; }
	'"$1"
}

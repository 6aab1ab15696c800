# shellcheck shell=bash
#
# A root of another release of Debian, for tests and benchmarks on it. Sourced
# after test/lib.sh; needs root, for debootstrap and chroot.
#
#   make_root SUITE		once, under SIMHASH_ROOTS (.pg/roots); sets root
#   copy_to_root NAME	the checkout to its /home/tester/NAME; sets copy
#   inside COMMAND		runs it there, as root

# The mirror that apt uses on this machine.
mirror()
{
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

make_root()
{
	local suite=$1 url

	root=${SIMHASH_ROOTS:-$WORK/roots}/$suite
	[ ! -d "$root" ] || return 0
	url=$(mirror)
	if [ -z "$url" ]; then
		quietly apt-get -qq update
		url=$(mirror)
	fi
	[ -n "$url" ] || die "apt knows no Debian mirror to make a root of $suite from"
	say "making a root of $suite in $root"
	rm -rf "$root.part"
	mkdir -p "$root.part"
	job quietly debootstrap --variant=minbase --include=make "$suite" "$root.part" "$url"
	chroot "$root.part" useradd --create-home tester
	mv "$root.part" "$root"
}

# .pg stays: it holds the previous run's build.
copy_to_root()
{
	copy=$root/home/tester/$1
	mkdir -p "$copy"
	find "$copy" -mindepth 1 -maxdepth 1 ! -name .pg -exec rm -rf {} +
	tar -C "$TOP" -c --exclude=./.pg --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' . |
		tar -C "$copy" -x --no-same-owner
}

# In namespaces of their own, so that nothing is left mounted or running.
inside()
{
	# shellcheck disable=SC2016
	unshare --mount --pid --fork --kill-child sh -ec '
		mount --rbind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		mount -t tmpfs tmpfs "$1/tmp"
		cp -L /etc/resolv.conf "$1/etc/" || true
		exec chroot "$1" env -i HOME=/root PATH="$PATH" bash -ec "$2"
	' sh "$root" "$1"
}

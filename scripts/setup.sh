#!/bin/sh
# Makes this checkout ready to run: npm packages (with them Node 24), the web client and the encoders; with --tests also the browser that tests drive.
# Says nothing when nothing is missing.
set -eu
for_tests=${1:-}
cd "$(dirname "$0")/.."

stop() {
  echo "setup: $*" >&2
  exit 1
}

command -v node >/dev/null 2>&1 || stop 'needs Node 20 or later and npm (https://nodejs.org; Debian: apt-get install -y nodejs npm)'
command -v npm >/dev/null 2>&1 || stop 'needs npm (Debian: apt-get install -y npm)'
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || stop "needs Node 20 or later to start with, this is Node $(node --version)"

# npm packages: npm writes node_modules/.package-lock.json last, so an install that was cut short is seen too.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  echo 'setup: npm ci' >&2
  # Within an npm script npm's own settings are in the environment; an omit=dev of the caller would leave Node 24 out.
  npm ci --no-audit --no-fund --include=dev --include=optional --loglevel=error >&2 || stop 'npm ci failed'
  touch "$installed"
fi

# Node 24 is the package `node`; npm versions that run no install scripts leave it without its program.
if [ ! -x node_modules/.bin/node ] && [ -f node_modules/node/installArchSpecificPackage.js ]; then
  (cd node_modules/node && node installArchSpecificPackage.js >/dev/null) || stop 'the package node has no Node 24 for this machine'
  [ -e node_modules/.bin/node ] || ln -s ../node/bin/node node_modules/.bin/node
fi
version=$(node_modules/.bin/node --version 2>/dev/null || echo none)
case $version in
v24.*) ;;
*) stop "node_modules/.bin/node should be Node 24 but is $version; remove node_modules and try again" ;;
esac

# The web client that every node serves.
if [ ! -f web/dist/index.html ] || [ -n "$(find web/index.html web/vite.config.ts web/src package-lock.json -newer web/dist/index.html -print -quit)" ]; then
  npm run --silent build:web -- --logLevel warn >&2 || stop 'building the web client failed'
fi

# Where an ordinary user of Debian does not look for programs.
PATH=$PATH:/usr/sbin:/sbin
missing=
for program in ffmpeg ffprobe aomenc vpxenc SvtAv1EncApp dav1d mkvmerge mkvpropedit; do
  command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
system=$(uname -s)
if [ "$system" = Linux ]; then
  command -v setpriv >/dev/null 2>&1 || missing="$missing setpriv"
  command -v bwrap >/dev/null 2>&1 || missing="$missing bwrap"
fi
# What completions, the manual page and the terminal interface are tested with.
readers='zsh fish mandoc tmux'
if [ "$for_tests" = --tests ]; then
  optional=
  # The first rates the unit of the service, the others break networks and clocks; tests say so where there is none.
  [ "$system" != Linux ] || ! command -v apt-get >/dev/null 2>&1 || optional='systemd-analyze nft ip faketime'
  for program in $readers $optional; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
  done
fi
# Tests in a browser are left out without it: Ubuntu, for one, has it in no package of apt's.
browser=
if [ "$system" = Linux ] && [ "$for_tests" = --tests ] && [ ! -x /usr/bin/chromium ]; then
  browser='chromium fonts-dejavu-core'
fi
[ -n "$missing$browser" ] || exit 0

packages='ffmpeg aom-tools vpx-tools svt-av1 dav1d mkvtoolnix'
case $missing in *setpriv*) packages="$packages util-linux" ;; esac
case $missing in *bwrap*) packages="$packages bubblewrap" ;; esac
[ "$for_tests" != --tests ] || packages="$packages $readers"
case $missing in *systemd-analyze*) packages="$packages systemd" ;; esac
case "$missing " in *" nft "*) packages="$packages nftables" ;; esac
case "$missing " in *" ip "*) packages="$packages iproute2" ;; esac
case $missing in *faketime*) packages="$packages faketime" ;; esac
if [ "$system" = Darwin ]; then
  stop "missing:$missing. Run: brew install ffmpeg aom libvpx svt-av1 dav1d mkvtoolnix fish mandoc tmux"
fi
no_browser() {
  echo "setup: tests in a browser are left out: $* (Debian: apt-get install -y --no-install-recommends $browser)" >&2
  exit 0
}
[ -n "$missing" ] || command -v apt-get >/dev/null 2>&1 || no_browser 'there is no /usr/bin/chromium'
command -v apt-get >/dev/null 2>&1 || stop "missing:$missing. Install them with the system's package manager (Debian's packages: $packages)"
if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root='sudo -n'
elif [ -z "$missing" ]; then
  no_browser 'there is no /usr/bin/chromium'
else
  stop "missing:$missing. Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends $packages"
fi
echo "setup: installing$missing $browser" >&2
$as_root apt-get -qq update >&2 || stop 'apt-get update failed'
install() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >&2
}
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086
  install $packages || stop 'apt-get install failed'
fi
for program in $missing; do
  command -v "$program" >/dev/null 2>&1 || stop "$program is still missing after installing $packages"
done
# shellcheck disable=SC2086
[ -z "$browser" ] || install $browser || no_browser 'apt-get cannot install it'

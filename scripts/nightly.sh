#!/bin/sh
# What takes too long for each merge: all tests with their long matrices whole, more seeds of the simulator, every fault with real processes, everything on other systems, the image, and the README as a newcomer reads it.
# All of it runs, whatever fails; the exit code says whether something did.
set -u
cd "$(dirname "$0")/.."
status=0
GRAV1_NIGHTLY=1 node_modules/.bin/vitest run || status=1
node_modules/.bin/node test/sim/cli.ts --from 81 --seeds 1920 --until-violation || status=1
node_modules/.bin/node test/faults/cli.ts || status=1
node_modules/.bin/node scripts/machines/index.ts || status=1
node_modules/.bin/node scripts/image/index.ts || status=1
node_modules/.bin/node scripts/walk/index.ts || status=1
exit "$status"

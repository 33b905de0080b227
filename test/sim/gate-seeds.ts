/** The gate runs the seeds from 1 to this one. `npm run test:nightly` goes on after it (`scripts/nightly.sh`). */
export const GATE_SEEDS = 80

/** `npm run test:nightly` runs the long matrices whole; the gate runs their small twins. */
export const isNightly = process.env['GRAV1_NIGHTLY'] === '1'

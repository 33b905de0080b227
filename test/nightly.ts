/** `npm run test:nightly` runs the long matrices whole; the gate runs their small twins. */
export const isNightly = process.env['GRAV1_NIGHTLY'] === '1'

/** Those rows of a table that this run takes: all at night, and without those that have a twin among the others in the gate. */
export const rowsOf = <Row>(table: Readonly<Record<string, Row>>, atNight: ReadonlySet<string>): [string, Row][] =>
  Object.entries(table).filter(([name]) => isNightly || !atNight.has(name))

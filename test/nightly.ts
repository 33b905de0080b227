import { test, type TestFunction } from 'vitest'

/** `npm run test:nightly` runs the long matrices whole; the gate runs their small twins. */
export const isNightly = process.env['GRAV1_NIGHTLY'] === '1'

/** Those rows of a table that this run takes: all at night, and without those that have a twin among the others in the gate. */
export const rowsOf = <Row>(table: Readonly<Record<string, Row>>, atNight: ReadonlySet<string>): [string, Row][] =>
  Object.entries(table).filter(([name]) => isNightly || !atNight.has(name))

/** Cases of the gate, and at night those too that have a twin among them. */
export const withNight = <const Gate, const Night = Gate>(
  gate: readonly Gate[],
  atNight: readonly Night[]
): readonly (Gate | Night)[] => (isNightly ? [...gate, ...atNight] : gate)

/** A test of the night; its file names the twin of the gate. */
export function testAtNight(name: string, body: TestFunction): void {
  if (isNightly) test(name, body)
}

import { expect, test } from 'vitest'
import { collectGarbage } from '../../../../src/node/boot/collect-garbage.ts'

test('what nothing refers to is gone at once', () => {
  const held = new WeakRef({ text: 'left over' })
  // A reference that was made or read in this turn holds until the next one.
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    collectGarbage()
    expect(held.deref()).toBeUndefined()
  })
})

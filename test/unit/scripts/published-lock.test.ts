import { expect, test } from 'vitest'
import { publishedLock } from '../../../scripts/package/published-lock.ts'

test('the published lock names what grav1 runs with, and nothing else', () => {
  const packages = {
    '': { name: 'grav1', dependencies: { a: '^1' }, devDependencies: { b: '^1' } },
    'node_modules/a': { version: '1.0.0', optionalDependencies: { c: '^1', d: '^1' } },
    'node_modules/b': { version: '1.0.0', dev: true },
    'node_modules/c': { version: '1.0.0', optional: true },
    'node_modules/e': { version: '1.0.0', devOptional: true }
  }
  expect(publishedLock({ lockfileVersion: 3, packages })).toEqual({
    lockfileVersion: 3,
    packages: {
      '': { name: 'grav1', dependencies: { a: '^1' } },
      'node_modules/a': { version: '1.0.0', optionalDependencies: { c: '^1', d: '^1' } },
      'node_modules/c': { version: '1.0.0', optional: true }
    }
  })
})

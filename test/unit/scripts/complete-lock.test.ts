import { expect, test } from 'vitest'
import { missingBinaries, platformOf } from '../../../scripts/complete-lock.ts'

test('platformOf reads the platform from the name', () => {
  expect(platformOf('@oxlint/binding-linux-x64-musl')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['musl'] })
  expect(platformOf('@oxlint/binding-linux-arm-gnueabihf')).toEqual({ os: ['linux'], cpu: ['arm'], libc: ['glibc'] })
  expect(platformOf('@oxlint-tsgolint/darwin-arm64')).toEqual({ os: ['darwin'], cpu: ['arm64'] })
  expect(platformOf('@oxfmt/binding-win32-ia32-msvc')).toEqual({ os: ['win32'], cpu: ['ia32'] })
  expect(platformOf('fsevents')).toBeUndefined()
})

test('missingBinaries adds only what is not locked and has an exact version', () => {
  const optionalDependencies = {
    '@a/linux-x64': '1.0.0',
    '@a/darwin-x64': '1.0.0',
    '@a/win32-x64': '^1.0.0',
    fsevents: '2.0.0'
  }
  const packages = {
    'node_modules/a': { version: '1.0.0', dev: true, optionalDependencies },
    'node_modules/@a/linux-x64': {}
  }
  expect(missingBinaries(packages)).toEqual({
    'node_modules/@a/darwin-x64': { version: '1.0.0', os: ['darwin'], cpu: ['x64'], dev: true, optional: true }
  })
})

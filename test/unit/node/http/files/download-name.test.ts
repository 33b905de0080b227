import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { containerType } from '../../../../../src/node/http/files/container-type.ts'
import { downloadName } from '../../../../../src/node/http/files/download-name.ts'

test.for([
  ['film', 'film.mkv'],
  ['Ein Film (2020) – Teil 1', 'Ein Film (2020) – Teil 1.mkv'],
  ['../../etc/passwd', '_.._etc_passwd.mkv'],
  ['..', 'film.mkv'],
  ['', 'film.mkv'],
  ['  .hidden', 'hidden.mkv'],
  ['C:\\windows\\x', 'C__windows_x.mkv'],
  ['a\u0000b\u001b[2Jc\nd', 'ab[2Jcd.mkv'],
  // Shown from right to left it would seem to end otherwise.
  ['gpj.\u202evkm', 'gpj.vkm.mkv'],
  ['con', 'film.mkv'],
  ['\ud800x', '\ufffdx.mkv'],
  ['x'.repeat(500), `${'x'.repeat(150)}.mkv`]
])('%j is saved as %j', ([stem, name]) => {
  expect(downloadName(stem as string, '.mkv')).toBe(name)
})

test('whatever it is made of, it is one name, not hidden, and can be encoded', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 300 }), (stem) => {
      const name = downloadName(stem, '.webm')
      expect(name).toMatch(/^[^\s./\\:*?"<>|\p{C}][^/\\:*?"<>|\p{C}]*\.webm$/u)
      encodeURIComponent(name)
    })
  )
})

test.for([
  ['1a45dfa3a342868101428284776562 6d', 'video/webm', '.webm'],
  ['1a45dfa3a3428681014282886d6174726f736b61', 'video/x-matroska', '.mkv'],
  ['000000206674797069736f6d', 'video/mp4', '.mp4'],
  ['', 'application/octet-stream', '.bin'],
  ['3c68746d6c3e', 'application/octet-stream', '.bin']
])('what begins with %s is %s', ([hex, type, extension]) => {
  expect(containerType(Buffer.from((hex as string).replaceAll(' ', ''), 'hex'))).toEqual({ type, extension })
})

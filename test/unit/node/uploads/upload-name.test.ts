import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { uploadName } from '../../../../src/node/uploads/upload-name.ts'

test.for([
  ['film.mkv', 'film.mkv'],
  ['../../x', 'x'],
  ['/etc/passwd', 'passwd'],
  ['C:\\films\\a b.mkv', 'a b.mkv'],
  ['a\0b.mkv', 'a_b.mkv'],
  ['.hidden.mkv', 'hidden.mkv'],
  ['...', 'upload'],
  ['', 'upload'],
  ['dir/', 'upload'],
  ['film.mkv. . ', 'film.mkv'],
  ['a\u202Egpj.mkv', 'a_gpj.mkv'],
  ['a\nb\u001b[31m.mkv', 'a_b_[31m.mkv'],
  ['NUL.mkv', '_NUL.mkv'],
  ['what? "this": <that>|*.mkv', 'what_ _this__ _that___.mkv'],
  ['Ame\u0301lie.mkv', 'Amélie.mkv'],
  ['-o evil.mkv', '-o evil.mkv']
] as const)('%j becomes %j', ([sent, name]) => {
  expect(uploadName(sent)).toBe(name)
})

test('a long name keeps its ending, by whole characters', () => {
  const name = uploadName(`${'🎬'.repeat(300)}.mkv`)
  expect(name).toBe(`${'🎬'.repeat(49)}.mkv`)
  expect(Buffer.byteLength(uploadName('x'.repeat(5000)))).toBe(200)
})

test('whatever is sent, the name stays in its folder, is not hidden, fits, and is its own safe name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (sent) => {
      const name = uploadName(sent)
      expect(name).not.toMatch(/[/\\\0\p{Cc}\p{Cf}]|^\.|^\s|[.\s]$/u)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
      expect(name).not.toBe('')
      expect(uploadName(name)).toBe(name)
    }),
    { numRuns: 500 }
  )
})

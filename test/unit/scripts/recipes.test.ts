import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { filledIn } from '../../../scripts/package/recipes.ts'

const folder = resolve(import.meta.dirname, '../../../packaging')
const sha256 = 'a'.repeat(64)

test.for(['PKGBUILD', 'grav1.rb'])(
  '%s names version and checksum of the tarball, and nothing is left open',
  async (name) => {
    const text = filledIn(await readFile(join(folder, name), 'utf8'), { version: '1.2.3', sha256 })
    expect(text).toContain(sha256)
    expect(text).toContain('1.2.3')
    expect(text).not.toContain('@')
  }
)

test('the shell understands the PKGBUILD, and its source is the tarball of that version', async () => {
  const text = filledIn(await readFile(join(folder, 'PKGBUILD'), 'utf8'), { version: '1.2.3', sha256 })
  const { stdout } = await execa('bash', ['-euc', `${text}\necho "$pkgver \${source[0]}"; declare -F package`])
  expect(stdout.split('\n')).toEqual(['1.2.3 https://registry.npmjs.org/grav1/-/grav1-1.2.3.tgz', 'package'])
})

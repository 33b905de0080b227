import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A recipe of another package manager, for one tarball. */
export const filledIn = (recipe: string, { version, sha256 }: { readonly version: string; readonly sha256: string }) =>
  recipe
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('@VERSION@', version)
    .replaceAll('@SHA256@', sha256)

/** Writes the recipes in `packaging` for a tarball of this version to a folder. */
async function writeRecipes(tarball: string, folder: string): Promise<void> {
  const root = join(import.meta.dirname, '../..')
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const sha256 = createHash('sha256')
    .update(await readFile(tarball))
    .digest('hex')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(join(root, 'packaging'))) {
    const recipe = await readFile(join(root, 'packaging', name), 'utf8')
    await writeFile(join(folder, name), filledIn(recipe, { version, sha256 }))
  }
}

if (import.meta.main) await writeRecipes(process.argv[2] ?? '', process.argv[3] ?? '')

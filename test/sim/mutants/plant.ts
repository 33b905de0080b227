import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { MUTANTS, type Mutant } from './mutants.ts'

const ROOT = new URL('../../../', import.meta.url)

export interface Planted {
  /** @throws Error naming the edit whose file was not loaded since. */
  check: () => void
}

/**
 * Breaks the code of modules that are loaded from here on, as the mutant says. Import nothing of the simulation before.
 * @throws Error when there is no such mutant; importing throws when a text to replace does not occur exactly once.
 */
export function plant(name: string): Planted {
  const mutant = MUTANTS.find((one) => one.name === name)
  if (mutant == null) throw new Error(`no mutant is called ${name}`)
  const missing = new Set(mutant.edits.map(({ file }) => file))
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      const path = url.startsWith(ROOT.href) ? fileURLToPath(url).slice(fileURLToPath(ROOT).length) : ''
      if (!missing.delete(path)) return loaded
      return { ...loaded, source: applyEdits(mutant, path, textOf(loaded.source)) }
    }
  })
  return {
    check: () => {
      if (missing.size > 0) throw new Error(`mutant ${name}: nothing imports ${[...missing].join(', ')}`)
    }
  }
}

/** @throws Error when a text to replace does not occur exactly once. */
export function applyEdits({ name, edits }: Pick<Mutant, 'name' | 'edits'>, file: string, source: string): string {
  let text = source
  for (const edit of edits) {
    if (edit.file !== file) continue
    const count = text.split(edit.find).length - 1
    if (count !== 1)
      throw new Error(
        `mutant ${name}: ${file} has its text ${count} times, not once; adapt test/sim/mutants/mutants.ts: ${edit.find}`
      )
    text = text.replace(edit.find, () => edit.replace)
  }
  return text
}

function textOf(source: unknown): string {
  if (typeof source === 'string') return source
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return new TextDecoder().decode(source)
  throw new Error('a module without source')
}

/** Edits that turn one word into another: letters added, taken, changed, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/** Longest name that is compared; no option is longer. */
const NAME_CHARS_MAX = 40

/** The one of some names that a misspelt one was probably meant to be. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  if (name.length > NAME_CHARS_MAX) return undefined
  const wanted = name.toLowerCase().replaceAll('_', '-')
  let best: { readonly name: string; readonly edits: number } | undefined
  for (const one of names) {
    const edits = distance(wanted, one)
    if (edits <= Math.min(2, Math.floor(one.length / 3)) && edits < (best?.edits ?? 3)) best = { name: one, edits }
  }
  return best?.name
}

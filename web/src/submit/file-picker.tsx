import { useEffect, useRef, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { bytes, plural } from '../format.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { Directory } from '../../../src/api/schemas/index.ts'

export interface FilePickerProps {
  readonly onPick: (path: string) => void
  /** Several at once. */
  readonly onPickAll: (paths: readonly string[]) => void
}

/** Folders and films of the node, below its media folders: one film is pressed, several are ticked. */
export function FilePicker({ onPick, onPickAll }: FilePickerProps) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [folder, setFolder] = useState<Directory>()
  const [reason, setReason] = useState('')
  const [path, setPath] = useState<string>()
  const list = useRef<HTMLUListElement>(null)

  useEffect(() => {
    let isCurrent = true
    const load = async (): Promise<void> => {
      try {
        const found = await answerOf(await api.directories.$get({ query: path == null ? {} : { path } }))
        if (!isCurrent) return
        setFolder(found)
        setReason('')
        // The button that was pressed is gone, and the focus with it.
        requestAnimationFrame(() => list.current?.querySelector('button')?.focus())
      } catch (error) {
        if (isCurrent) setReason(sentenceOf(error))
      }
    }
    void load()
    return () => {
      isCurrent = false
    }
  }, [path])

  if (reason !== '')
    return (
      <p class="reason" role="alert">
        {reason}
      </p>
    )
  if (folder == null) return <p class="sub">Loading…</p>
  const films = folder.entries.filter(({ type }) => type === 'file').map(({ path: film }) => film)
  const areAll = films.every((film) => ticked.has(film))
  const tick = (paths: readonly string[], on: boolean): void => {
    const next = new Set(ticked)
    for (const film of paths) {
      if (on) next.add(film)
      else next.delete(film)
    }
    setTicked(next)
  }
  return (
    <div class="picker" role="group" aria-label="Films on the node">
      <p class="sub">{folder.path ?? 'Media folders of the node'}</p>
      <ul ref={list}>
        {folder.path != null && (
          <li>
            <button type="button" onClick={() => setPath(folder.parent ?? undefined)}>
              ↑ up
            </button>
          </li>
        )}
        {folder.entries.map((entry) => (
          <li key={entry.path} class="entry">
            <button type="button" onClick={() => (entry.type === 'folder' ? setPath(entry.path) : onPick(entry.path))}>
              <span aria-hidden="true">{entry.type === 'folder' ? '🗀 ' : '▸ '}</span>
              {entry.name}
              {entry.type === 'folder' && <span class="sr-only">, folder</span>}
              {entry.bytes != null && <span class="sub"> {bytes(entry.bytes)}</span>}
            </button>
            {entry.type === 'file' && (
              <input
                type="checkbox"
                aria-label={`Tick ${entry.name}`}
                checked={ticked.has(entry.path)}
                onChange={({ currentTarget }) => tick([entry.path], currentTarget.checked)}
              />
            )}
          </li>
        ))}
      </ul>
      {films.length > 0 && (
        <p class="button-row">
          <button type="button" disabled={ticked.size === 0} onClick={() => onPickAll([...ticked])}>
            {ticked.size === 0 ? 'Tick several films to add them together' : `Add ${plural(ticked.size, 'film')}`}
          </button>
          {films.length > 1 && (
            <button type="button" class="quiet" onClick={() => tick(films, !areAll)}>
              {areAll ? 'Untick all here' : `Tick all ${plural(films.length, 'film')} here`}
            </button>
          )}
        </p>
      )}
      {folder.entries.length === 0 && (
        <p class="sub">
          {folder.path == null
            ? 'The node has no media folders; start it with --media <folder>, or type a path.'
            : 'There are no films in this folder.'}
        </p>
      )}
      {folder.more && <p class="sub">The list is cut off here. Type the path of a file that it does not show.</p>}
    </div>
  )
}

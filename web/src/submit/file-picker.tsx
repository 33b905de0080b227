import { useEffect, useRef, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { bytes } from '../format.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { Directory } from '../../../src/api/schemas/index.ts'

/** Folders and films of the node, below its media folders. */
export function FilePicker({ onPick }: { readonly onPick: (path: string) => void }) {
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
  if (folder == null) return <p class="sub">Looking…</p>
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
          <li key={entry.path}>
            <button type="button" onClick={() => (entry.type === 'folder' ? setPath(entry.path) : onPick(entry.path))}>
              <span aria-hidden="true">{entry.type === 'folder' ? '🗀 ' : '▸ '}</span>
              {entry.name}
              {entry.type === 'folder' && <span class="sr-only">, folder</span>}
              {entry.bytes != null && <span class="sub"> {bytes(entry.bytes)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {folder.entries.length === 0 && (
        <p class="sub">
          {folder.path == null
            ? 'The node has no media folders; start it with --media <folder>, or type a path.'
            : 'There are no films in this folder.'}
        </p>
      )}
      {folder.more && <p class="sub">There are more; type the path of a file that is not listed.</p>}
    </div>
  )
}

import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { Directory } from '../../../src/api/schemas/index.ts'

/** The folders that browsers may choose films from. */
export function MediaPanel() {
  const [folders, setFolders] = useState<Directory['entries']>()
  const [reason, setReason] = useState('')
  useEffect(() => {
    const load = async (): Promise<void> =>
      setFolders((await answerOf(await api.directories.$get({ query: {} }))).entries)
    load().catch((error: unknown) => setReason(sentenceOf(error)))
  }, [])
  return (
    <section class="panel" aria-labelledby="media-title">
      <h2 id="media-title">Media folders</h2>
      {reason !== '' && <p class="reason">{reason}</p>}
      {folders?.length === 0 && <p>None. Start the node with --media &lt;folder&gt; to choose films in the browser.</p>}
      <ul class="plain">
        {folders?.map(({ path }) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
      <p class="sub">Without a token, only films in these folders can be submitted.</p>
    </section>
  )
}

import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes, percent } from '../format.ts'
import { SendingRow } from './sending-row.tsx'
import { sendFiles, sendings, unfinishedUploads } from './upload.ts'
import type { UploadStatus } from '../../../src/api/schemas/index.ts'

function useUnfinished(): readonly UploadStatus[] {
  const [uploads, setUploads] = useState<readonly UploadStatus[]>([])
  useEffect(() => {
    // A node without uploads takes films of its own folders only.
    void unfinishedUploads().then(setUploads, () => {})
  }, [])
  const names = new Set(sendings.value.map(({ name }) => name))
  return uploads.filter(({ name }) => !names.has(name))
}

/** Films on this computer: chosen or dropped, and sent to the node. */
export function UploadPart() {
  const unfinished = useUnfinished()
  const [isOver, setOver] = useState(false)
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <div
      class={`drop${isOver ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        sendFiles(event.dataTransfer?.files ?? [])
      }}
    >
      <button type="button" onClick={() => chooser.current?.click()}>
        Upload files from this computer…
      </button>{' '}
      <span class="sub">or drop them here</span>
      {sendings.value.map((sending) => (
        <SendingRow key={sending.id} sending={sending} />
      ))}
      {unfinished.map(({ id, name, received, bytes: total }) => (
        <p key={id} class="sub">
          {percent(total === 0 ? 0 : received / total)} of {name} ({bytes(total)}) is uploaded. Choose the same file to
          continue.
        </p>
      ))}
      <input
        ref={chooser}
        class="sr-only"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Films on this computer"
        accept="video/*,.mkv,.ts,.m2ts,.y4m,.ivf"
        onChange={({ currentTarget }) => {
          sendFiles(currentTarget.files ?? [])
          // The same file can be chosen again.
          currentTarget.value = ''
        }}
      />
    </div>
  )
}

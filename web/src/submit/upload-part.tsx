import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes, percent } from '../format.ts'
import { cancelSending, pauseSending, resumeSending, sendFile, sending, unfinishedUploads } from './upload.ts'
import type { UploadStatus } from '../../../src/api/schemas/index.ts'

function useUnfinished(): readonly UploadStatus[] {
  const [uploads, setUploads] = useState<readonly UploadStatus[]>([])
  useEffect(() => {
    // A node without uploads takes films of its own folders only.
    void unfinishedUploads().then(setUploads, () => {})
  }, [])
  return uploads
}

function Sending() {
  const state = sending.value
  if (state == null) return null
  const { status, name, sent, total, reason } = state
  const share = total === 0 ? 0 : sent / total
  return (
    <div class="sending" role="group" aria-label={`Sending ${name}`}>
      <progress max={1} value={share} aria-label={`Upload progress of ${name}`} />
      <p role="status">
        {name}: {percent(share)}, {bytes(sent)} of {bytes(total)}
        {status === 'paused' && ', paused'}
        {status === 'done' && ', sent'}
      </p>
      {status === 'failed' && (
        <p class="reason" role="alert">
          The upload failed: {reason}
        </p>
      )}
      {status === 'running' && (
        <button type="button" onClick={pauseSending}>
          Pause
        </button>
      )}
      {(status === 'paused' || status === 'failed') && (
        <button type="button" onClick={resumeSending}>
          Resume
        </button>
      )}
      {status !== 'done' && (
        <button type="button" onClick={() => void cancelSending()}>
          Cancel the upload
        </button>
      )}
    </div>
  )
}

/** A film on this computer: chosen or dropped, and sent to the node. */
export function UploadPart() {
  const unfinished = useUnfinished()
  const [isOver, setOver] = useState(false)
  const chooser = useRef<HTMLInputElement>(null)
  const send = (file: File | undefined): void => {
    if (file != null) void sendFile(file)
  }
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
        send(event.dataTransfer?.files[0])
      }}
    >
      {sending.value == null ? (
        <>
          <button type="button" onClick={() => chooser.current?.click()}>
            Upload a file from this computer…
          </button>{' '}
          <span class="sub">or drop it here</span>
          {unfinished.map(({ id, name, received, bytes: total }) => (
            <p key={id} class="sub">
              {name} was uploaded up to {percent(total === 0 ? 0 : received / total)}: choose the same file to continue.
            </p>
          ))}
        </>
      ) : (
        <Sending />
      )}
      <input
        ref={chooser}
        class="sr-only"
        type="file"
        tabIndex={-1}
        aria-label="A film on this computer"
        accept="video/*,.mkv,.ts,.m2ts,.y4m,.ivf"
        onChange={({ currentTarget }) => send(currentTarget.files?.[0])}
      />
    </div>
  )
}

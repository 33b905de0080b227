import { bytes, percent } from '../format.ts'
import { cancelSending, pauseSending, resumeSending, type Sending } from './upload.ts'

const STATUS: Readonly<Record<Sending['status'], string>> = {
  queued: ', waits for its turn',
  running: '',
  paused: ', paused',
  done: ', sent',
  failed: ''
}

/** How far a film of this computer is on its way, and what can be done about it. */
export function SendingRow({ sending }: { readonly sending: Sending }) {
  const { id, status, name, sent, total, reason } = sending
  const share = total === 0 ? 0 : sent / total
  return (
    <div class="sending" role="group" aria-label={`Sending ${name}`}>
      <progress max={1} value={share} aria-label={`Upload progress of ${name}`} />
      <p role="status">
        {name}: {percent(share)}, {bytes(sent)} of {bytes(total)}
        {STATUS[status]}
      </p>
      {status === 'failed' && (
        <p class="reason" role="alert">
          The upload failed: {reason}
        </p>
      )}
      {status === 'running' && (
        <button type="button" onClick={() => pauseSending(id)}>
          Pause
        </button>
      )}
      {(status === 'paused' || status === 'failed') && (
        <button type="button" onClick={() => resumeSending(id)}>
          Resume
        </button>
      )}
      {status !== 'done' && (
        <button type="button" onClick={() => void cancelSending(id)}>
          Cancel the upload
        </button>
      )}
    </div>
  )
}

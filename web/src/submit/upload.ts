import { signal } from '@preact/signals'
import { answerOf, base } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { UploadStatus } from '../../../src/api/schemas/index.ts'

export interface SendState {
  readonly status: 'running' | 'paused' | 'done' | 'failed'
  readonly name: string
  readonly sent: number
  readonly total: number
  /** Why it failed. */
  readonly reason: string
  /** What to submit, once all of it is there; empty before. */
  readonly input: string
}

/** The film that is sent from this page; it goes on while the dialog is closed. */
export const sending = signal<SendState | undefined>(undefined)

const ENDPOINT = new URL('api/v2/uploads', base)
const CHUNK_BYTES = 16 * 1024 * 1024
const RETRY_MS = [0, 1000, 3000, 5000, 10_000]

interface Running {
  readonly start: () => void
  readonly abort: (terminate?: boolean) => Promise<void>
}

let running: Running | undefined

const change = (state: Partial<SendState>): void => {
  if (sending.value != null) sending.value = { ...sending.value, ...state }
}

async function statusOf(url: string): Promise<UploadStatus> {
  const response = await fetch(url)
  return (await answerOf(response)) as UploadStatus
}

/** Sends a film to the node; what was sent of the same file before, even by an earlier page, is not sent again. */
export async function sendFile(file: File): Promise<void> {
  await cancelSending()
  sending.value = { status: 'running', name: file.name, sent: 0, total: file.size, reason: '', input: '' }
  const { Upload } = await import('tus-js-client')
  const fail = (error: unknown): void => change({ status: 'failed', reason: sentenceOf(error) })
  const upload = new Upload(file, {
    endpoint: ENDPOINT.href,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_MS,
    removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, filetype: file.type },
    onProgress: (sent, total) => change({ sent, total }),
    onError: fail,
    onSuccess: () => {
      void statusOf(upload.url ?? '')
        .then(({ input }) => {
          if (input == null) throw new Error('The node did not say where it put the film. Choose it again.')
          change({ status: 'done', sent: file.size, input })
        })
        .catch(fail)
    }
  })
  const [before] = await upload.findPreviousUploads()
  if (before != null) upload.resumeFromPreviousUpload(before)
  running = upload
  upload.start()
}

export function pauseSending(): void {
  void running?.abort()
  change({ status: 'paused' })
}

export function resumeSending(): void {
  change({ status: 'running', reason: '' })
  running?.start()
}

/** Stops it, and has the node throw away what it has of it. */
export async function cancelSending(): Promise<void> {
  const state = sending.value
  const upload = running
  running = undefined
  sending.value = undefined
  if (upload != null && state?.status !== 'done') await upload.abort(true).catch(() => {})
}

/** Films that were begun to be sent and are not complete. */
export async function unfinishedUploads(): Promise<readonly UploadStatus[]> {
  const response = await fetch(ENDPOINT)
  const all = (await answerOf(response)) as readonly UploadStatus[]
  return all.filter(({ input }) => input == null)
}

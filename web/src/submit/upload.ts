import { signal } from '@preact/signals'
import { answerOf, base } from '../api.ts'
import { sentenceOf } from '../ui/toasts.tsx'
import type { UploadStatus } from '../../../src/api/schemas/index.ts'

/** A film of this computer on its way to the node. */
export interface Sending {
  readonly id: number
  /** `queued`: another one is sent first. */
  readonly status: 'queued' | 'running' | 'paused' | 'done' | 'failed'
  readonly name: string
  readonly sent: number
  readonly total: number
  /** Why it failed. */
  readonly reason: string
  /** What to submit, once all of it is there; empty before. */
  readonly input: string
}

/** What is sent from this page, one after the other; it goes on while the dialog is closed. */
export const sendings = signal<readonly Sending[]>([])

const ENDPOINT = new URL('api/v2/uploads', base)
const CHUNK_BYTES = 16 * 1024 * 1024
const RETRY_MS = [0, 1000, 3000, 5000, 10_000]

interface Running {
  readonly start: () => void
  readonly abort: (terminate?: boolean) => Promise<void>
}

const files = new Map<number, File>()
const uploads = new Map<number, Running>()
let lastId = 0

const isThere = (id: number): boolean => sendings.value.some((one) => one.id === id)

function change(id: number, state: Partial<Sending>): void {
  sendings.value = sendings.value.map((one) => (one.id === id ? { ...one, ...state } : one))
}

async function statusOf(url: string): Promise<UploadStatus> {
  const response = await fetch(url)
  return (await answerOf(response)) as UploadStatus
}

/** Sends films to the node; what was sent of the same file before, even by an earlier page, is not sent again. */
export function sendFiles(chosen: Iterable<File>): void {
  for (const file of chosen) {
    lastId += 1
    files.set(lastId, file)
    const { name, size: total } = file
    sendings.value = [...sendings.value, { id: lastId, status: 'queued', name, sent: 0, total, reason: '', input: '' }]
  }
  sendNext()
}

/** One at a time: two at once would each take twice as long. */
function sendNext(): void {
  if (sendings.value.some(({ status }) => status === 'running')) return
  const next = sendings.value.find(({ status }) => status === 'queued')
  if (next == null) return
  change(next.id, { status: 'running', reason: '' })
  const known = uploads.get(next.id)
  if (known != null) known.start()
  else void begin(next.id).catch((error: unknown) => fail(next.id, error))
}

function fail(id: number, error: unknown): void {
  change(id, { status: 'failed', reason: sentenceOf(error) })
  sendNext()
}

async function begin(id: number): Promise<void> {
  const file = files.get(id)
  const { Upload } = await import('tus-js-client')
  if (file == null) return
  const upload = new Upload(file, {
    endpoint: ENDPOINT.href,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_MS,
    removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, filetype: file.type },
    onProgress: (sent, total) => change(id, { sent, total }),
    onError: (error) => fail(id, error),
    onSuccess: () =>
      void statusOf(upload.url ?? '')
        .then(({ input }) => {
          if (input == null) throw new Error('The node did not say where it put the film. Choose it again.')
          change(id, { status: 'done', sent: file.size, input })
          sendNext()
        })
        .catch((error: unknown) => fail(id, error))
  })
  const [before] = await upload.findPreviousUploads()
  if (before != null) upload.resumeFromPreviousUpload(before)
  // Cancelled or paused meanwhile.
  if (!isThere(id)) return
  uploads.set(id, upload)
  if (sendings.value.some((one) => one.id === id && one.status === 'running')) upload.start()
}

export function pauseSending(id: number): void {
  void uploads.get(id)?.abort()
  change(id, { status: 'paused' })
  sendNext()
}

export function resumeSending(id: number): void {
  change(id, { status: 'queued' })
  sendNext()
}

/** Takes it out of what is sent: the node keeps what is complete. */
export function forgetSending(id: number): void {
  files.delete(id)
  uploads.delete(id)
  sendings.value = sendings.value.filter((one) => one.id !== id)
}

/** Stops it, and has the node throw away what it has of it. */
export async function cancelSending(id: number): Promise<void> {
  const upload = uploads.get(id)
  forgetSending(id)
  sendNext()
  await upload?.abort(true).catch(() => {})
}

/** Films that were begun to be sent and are not complete. */
export async function unfinishedUploads(): Promise<readonly UploadStatus[]> {
  const response = await fetch(ENDPOINT)
  const all = (await answerOf(response)) as readonly UploadStatus[]
  return all.filter(({ input }) => input == null)
}

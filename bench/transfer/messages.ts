import { z } from 'zod'

/** What the bench asks of a peer in a process of its own. */
export type ToPeer =
  | { readonly type: 'publish'; readonly file: string }
  | { readonly type: 'stream'; readonly address: string; readonly bytes: number }
  | {
      readonly type: 'fetch'
      readonly address: string
      readonly ref: { readonly sha256: string; readonly bytes: number }
    }

const used = { seconds: z.number(), cpuSeconds: z.number(), grownBytes: z.number() }

/** What it answers. `seconds` and `cpuSeconds` are those of the task, `grownBytes` the most by which its resident memory grew meanwhile. */
export const fromPeer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), address: z.string() }),
  z.object({ type: z.literal('published'), sha256: z.string(), bytes: z.number(), ...used }),
  z.object({ type: z.literal('came'), ...used })
])
export type FromPeer = z.infer<typeof fromPeer>

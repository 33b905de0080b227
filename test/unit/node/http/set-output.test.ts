import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSetOutput } from '../../../../src/node/http/set-output.ts'
import { isBelow } from '../../../../src/node/http/media-paths.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'
import { SubmitError, type SubmitErrorCode } from '../../../../src/node/owner/submit-error.ts'
import { NO_SUBMISSIONS } from '../../../fixtures/no-submissions.ts'
import { PROJECT } from '../../../fixtures/protocol-samples.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

/** An owner with one media folder, a secret beside it and a door to that; `calls` are the outputs that its project was given. */
async function house({ refusal, running = true }: { refusal?: SubmitErrorCode; running?: boolean } = {}) {
  const root = await realpath(await tempDir())
  const [films, secret] = [join(root, 'films'), join(root, 'secret')]
  for (const folder of [films, secret, join(films, 'done')]) await mkdir(folder)
  await writeFile(join(films, 'film.mkv'), '')
  await symlink(secret, join(films, 'door'))
  const calls: unknown[][] = []
  const setOutput = createSetOutput({
    media: [films],
    owner: {
      jobOf: (id) => (id === PROJECT ? ({ source: { path: join(films, 'film.mkv') } } as OwnedJob) : undefined),
      setOutput: async (...call) => {
        calls.push(call)
        if (refusal != null) throw new SubmitError(refusal, 'the words', { field: undefined })
        return running
      },
      waiting: NO_SUBMISSIONS
    }
  })
  const ofPeer = async (output: string) =>
    setOutput(PROJECT, { output, overwrite: false, trusted: false }).then(({ status }) => status)
  return { root, films, secret, calls, setOutput, ofPeer }
}

describe('a place that a peer names [RULE 60]', () => {
  test('lies below a media folder, or beside the source', async () => {
    const { films, calls, ofPeer } = await house()
    for (const output of ['out.mkv', join(films, 'done', 'out.mkv'), 'done/out.webm'])
      expect(await ofPeer(output)).toBe('done')
    expect(calls.map(([, path]) => path)).toEqual([
      join(films, 'out.mkv'),
      join(films, 'done', 'out.mkv'),
      join(films, 'done', 'out.webm')
    ])
    expect(calls.map(([, , overwrite]) => overwrite)).toEqual([false, false, false])
  })

  test('is nowhere else, whatever it is called', async () => {
    const { root, secret, calls, ofPeer } = await house()
    for (const output of [
      '../out.mkv',
      'door/out.mkv',
      'none/out.mkv',
      '/etc/out.mkv',
      '/out.mkv',
      join(secret, 'out.mkv'),
      join(root, 'films', '..', 'secret', 'out.mkv'),
      root,
      '//host/share/out.mkv',
      'C:\\out.mkv',
      'out.mkv\0'
    ])
      expect(await ofPeer(output), output).toBe('output-unwritable')
    expect(calls).toEqual([])
  })

  test('stays below the media folder for all names that there are', async () => {
    const { films, calls, ofPeer } = await house()
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'done', 'door', 'films', 'secret', '~', 'out.mkv'),
      fc.string()
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), fc.boolean(), async (parts, isFull) => {
        calls.length = 0
        const status = await ofPeer(`${isFull ? films : ''}${isFull ? '/' : ''}${parts.join('/')}`)
        expect(['done', 'output-unwritable']).toContain(status)
        for (const [, path] of calls) expect(isBelow(String(path), [films])).toBe(true)
      }),
      { numRuns: 300 }
    )
  })
})

test('whoever holds the token names any place, and may replace a file', async () => {
  const { secret, calls, setOutput } = await house()
  const output = join(secret, 'out.mkv')
  expect(await setOutput(PROJECT, { output, overwrite: true, trusted: true })).toMatchObject({ status: 'done' })
  expect(calls).toEqual([[PROJECT, output, true]])
})

test.for([
  ['output-exists', 'output-exists'],
  ['output-unwritable', 'output-unwritable'],
  ['unsupported', 'output-unsupported'],
  ['not-found', 'failed']
] as const)('the refusal %s is the answer %s, with its words', async ([refusal, status]) => {
  const { setOutput } = await house({ refusal })
  const outcome = await setOutput(PROJECT, { output: 'out.mkv', overwrite: false, trusted: false })
  expect(outcome).toEqual({ status, message: 'the words' })
})

test('too late, and what is not here', async () => {
  const { ofPeer, setOutput } = await house({ running: false })
  expect(await ofPeer('out.mkv')).toBe('too-late')
  const other = await setOutput('other', { output: 'out.mkv', overwrite: false, trusted: false })
  expect(other.status).toBe('unknown-project')
})

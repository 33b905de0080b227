import { join } from 'node:path'
import { earlierVersion } from '../earlier-version.ts'
import type { Fault } from '../fault.ts'

/** Nodes of the version before. */
export const versions: readonly Fault[] = [
  {
    name: 'earlier-worker',
    what: 'one of two workers runs the version before',
    when: 'from the start',
    run: async (stage) => {
      const program = await earlierVersion(join(stage.folder, 'earlier'))
      await stage.enterAll({ a: { program } })
      await stage.whenComplete(await stage.submit())
    }
  },
  {
    name: 'earlier-owner',
    what: 'the owner runs the version before, and its workers this one; the bytes are those of a machine with the version before',
    when: 'from the start',
    hasOwnBytes: true,
    run: async (stage) => {
      const program = await earlierVersion(join(stage.folder, 'earlier'))
      await stage.enterAll({ owner: { program } })
      await stage.whenComplete(await stage.submitByHttp('owner', await stage.place('film')))
      await Promise.all([stage.leave('a'), stage.leave('b')])
      await stage.enter('alone', { program })
      await stage.whenComplete(await stage.submitByHttp('alone', await stage.place('alone')))
    }
  }
]

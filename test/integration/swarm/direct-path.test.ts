import { expect, onTestFinished, test } from 'vitest'
import { createDirectPath } from '../../../src/swarm/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { relayedPair, ways } from '../../fixtures/relayed-pair.ts'
import { silent } from '../../fixtures/swarm-node.ts'

const DEADLINE = { deadlineMs: 60_000 }

test.for(['home', 'caller'] as const)(
  'a direct connection takes the place of a relayed one, made by the %s',
  async (who) => {
    const { home, caller } = await relayedPair()
    expect(ways(caller, home)).toEqual([false])
    const [from, to] = who === 'home' ? [home, caller] : [caller, home]
    const path = createDirectPath({ node: from, log: silent }, { retryMs: 50 })
    path.start()
    onTestFinished(path.stop)
    await eventually(
      'only a direct connection',
      () => ways(from, to).length === 1 && ways(from, to)[0] === true,
      DEADLINE
    )
  }
)

import { expect, test } from 'vitest'
import { encoderInfosOf } from '../../../../src/node/http/encoders.ts'
import { encodersText } from '../../../../src/node/cli/commands/encoders.ts'
import { addEncoders } from '../../../../src/node/cli/commands/encoders-package.ts'
import { fakeIo, peer, swarm } from './fixtures.ts'

const AOM = { name: 'aom', program: 'aomenc', version: '3.6.0', build: 'aom/3.6.0/1f2e3d4c' } as const
const BROKEN = {
  name: 'vp9-av',
  program: 'node-av',
  version: 'node-av-6.1.1',
  problem: 'With 10 bits: no\u001b[2J'
} as const

test('what is here, what is not and why, and who in the swarm has which build', () => {
  const text = encodersText({
    node: 'http://127.0.0.1:7899',
    here: encoderInfosOf({ installed: [AOM], broken: [BROKEN] }),
    status: {
      ...swarm(),
      peers: [
        peer({ name: 'twin' }),
        peer({ name: 'other\u001b[2J', encoders: ['aom/3.12.1/bc870609', AOM.build], connected: false })
      ]
    }
  })
  expect(text).not.toContain('\u001b')
  expect(text.split('\n')).toEqual([
    'encoder  program       version  here',
    'aom      aomenc        3.6.0    aom/3.6.0/1f2e3d4c',
    'vp9      vpxenc        -        not installed',
    'svt      SvtAv1EncApp  -        not installed',
    'svt-av   node-av       -        not installed; run "grav1 encoders add"',
    'vp9-av   node-av       6.1.1    does not work here: With 10 bits: no?[2J',
    '',
    'build in the swarm   nodes',
    'aom/3.6.0/1f2e3d4c   this node, twin, other?[2J (not connected)',
    'aom/3.12.1/bc870609  other?[2J (not connected)'
  ])
})

test('without a node nothing is said of the swarm', () => {
  const text = encodersText({ node: undefined, here: encoderInfosOf({ installed: [], broken: [] }), status: undefined })
  expect(text.split('\n').at(-1)).toBe(
    'No node is running on this machine, so the encoders of the other machines are unknown.'
  )
})

test.for(['', 'n', 'no', 'yes please'])('the answer "%s" is no consent', async (answer) => {
  const asked: string[] = []
  const { io, err } = fakeIo({
    ask: async (question) => {
      asked.push(question)
      return answer
    }
  })
  await expect(addEncoders({ yes: false, io })).rejects.toMatchObject({ code: 'encoders-unchanged' })
  expect(asked).toEqual(['Install it? [y/N] '])
  expect(err.join('\n')).toContain('GPL')
})

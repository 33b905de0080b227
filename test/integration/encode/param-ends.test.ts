import { expect, test } from 'vitest'
import { tryParams } from '../../../src/encode/index.ts'
import { encoderFacts } from '../../../src/encode/programs/program-facts.ts'
import { ENCODERS, rulesFor } from '../../../src/encode/rules/index.ts'
import { textsOf, trialsOf, type Trial } from '../../fixtures/param-ends.ts'
import { isNightly } from '../../nightly.ts'

const RUN_MS = 600_000

/** How many flags one run of the encoder tries at once. Where it does not take them together, each is tried alone. */
const TOGETHER = isNightly ? 1 : 12

/** The fastest speed of each, and what a value needs beside it. */
const CASES = {
  aom: {
    base: ['--cpu-used=6', '--lag-in-frames=12'],
    beside: {
      'cq-level': '--end-usage=q',
      'min-q': '--max-q=63',
      'max-q': '--min-q=0',
      'qm-min': '--enable-qm=1 --qm-max=15',
      'qm-max': '--enable-qm=1 --qm-min=0',
      'max-partition-size': '--min-partition-size=4',
      'min-partition-size': '--max-partition-size=128',
      'min-gf-interval': '--max-gf-interval=32',
      'gf-min-pyr-height': '--gf-max-pyr-height=5',
      'superres-mode': '--superres-denominator=12',
      'tile-columns': '--bit-depth=8'
    }
  },
  vp9: {
    base: ['--cpu-used=4', '--lag-in-frames=12'],
    beside: {
      profile: '',
      'profile=2': '--bit-depth=10',
      'profile=3': '--bit-depth=10',
      'min-gf-interval': '--lag-in-frames=0 --max-gf-interval=24',
      'max-gf-interval': '--lag-in-frames=0 --min-gf-interval=0'
    }
  },
  svt: {
    base: ['--preset=10'],
    beside: {
      'min-qp': '--rc=1 --tbr=100 --max-qp=63',
      'max-qp': '--rc=1 --tbr=100 --min-qp=1',
      tbr: '--rc=1',
      'qm-max': '--enable-qm=1 --qm-min=0',
      'qm-min': '--enable-qm=1 --qm-max=15',
      'chroma-qm-max': '--enable-qm=1 --chroma-qm-min=0',
      'chroma-qm-min': '--enable-qm=1 --chroma-qm-max=15',
      'max-intra-bitrate-pct': '--rc=1 --tbr=100',
      'max-inter-bitrate-pct': '--rc=1 --tbr=100',
      'hbd-mds': '--bit-depth=10',
      'startup-mg-size': '--hierarchical-levels=5',
      'variance-boost-strength': '--enable-variance-boost=1',
      'variance-octile': '--enable-variance-boost=1',
      'variance-boost-curve': '--enable-variance-boost=1',
      'film-grain-denoise': '--film-grain=8',
      'adaptive-film-grain': '--film-grain=8'
    }
  }
} as const

/** What an encoder does not take on the probe clip for other reasons than its value. */
const NOT_ALONE: Readonly<Record<string, RegExp>> = {
  vp9: /--profile=[13]|--min-q=63$/,
  // Quantisers have to differ by 8.
  aom: /--min-q=63$/,
  svt: /never/
}

test.for(['aom', 'vp9', 'svt'] as const)(
  'the installed %s takes the ends of every value that its version is offered',
  { timeout: RUN_MS },
  async (name) => {
    const signal = AbortSignal.timeout(RUN_MS)
    const encoder = ENCODERS[name]
    const facts = await encoderFacts(encoder, { signal })
    const { base, beside } = CASES[name]
    const texts = textsOf(rulesFor(encoder.flags, facts), base, beside).filter((text) => !NOT_ALONE[name]?.test(text))
    const refused: string[] = []
    const whyNot = async (text: string): Promise<string | undefined> =>
      tryParams(encoder.parseParams(text, facts), { signal }).then(
        () => undefined,
        (error: unknown) => `${text}: ${String(error)}`
      )
    const tryAll = async (trials: readonly Trial[]): Promise<void> => {
      for (const { together, alone } of trials) {
        if ((await whyNot(together)) === undefined) continue
        for (const text of alone) {
          const why = await whyNot(text)
          if (why !== undefined) refused.push(why)
        }
      }
    }
    const trials = trialsOf(texts, TOGETHER)
    const half = Math.ceil(trials.length / 2)
    await Promise.all([tryAll(trials.slice(0, half)), tryAll(trials.slice(half))])
    expect(refused).toEqual([])
    expect(texts.length).toBeGreaterThan(80)
  }
)

test('flags are tried together where their words contradict nowhere', () => {
  const texts = ['--a=1 --x=0', '--a=1 --x=9', '--a=1 --c=5 --y=0', '--b=2 --c=6 --z=1', '--a=1 --w=0']
  expect(trialsOf(texts, 2)).toEqual([
    { together: '--a=1 --x=0 --c=5 --y=0', alone: ['--a=1 --x=0', '--a=1 --c=5 --y=0'] },
    { together: '--a=1 --x=9 --b=2 --c=6 --z=1', alone: ['--a=1 --x=9', '--b=2 --c=6 --z=1'] },
    { together: '--a=1 --w=0', alone: ['--a=1 --w=0'] }
  ])
  expect(trialsOf(texts, 1).map(({ together }) => together)).toEqual(texts)
})

import { expect, test } from 'vitest'
import type { BrokenEncoder, FoundEncoders, ProbedEncoder } from '../../../../src/encode/index.ts'
import { createEncoderShelf } from '../../../../src/node/encoders/encoder-shelf.ts'

const SVT = { name: 'svt', program: 'SvtAv1EncApp', version: '4.2.0' } as const
const BROKEN: BrokenEncoder = { ...SVT, problem: 'Unprocessed tokens: --pin' }
const WORKS: FoundEncoders = { installed: [{ ...SVT, build: 'svt/4.2.0/2c838e06' }], broken: [] }

/** A shelf whose looks end when a test says so. */
function createBench() {
  const looks: PromiseWithResolvers<FoundEncoders>[] = []
  const probed: ((one: ProbedEncoder) => void)[] = []
  const warned: unknown[][] = []
  const heard: FoundEncoders[] = []
  const shelf = createEncoderShelf({
    log: { warn: (...line: unknown[]) => void warned.push(line) },
    search: async (onProbed) => {
      probed.push(onProbed)
      const look = Promise.withResolvers<FoundEncoders>()
      looks.push(look)
      return look.promise
    }
  })
  shelf.onChange((found) => heard.push(found))
  return { shelf, looks, probed, warned, heard }
}

test('what does not work is logged with its words, once for each look', async () => {
  const { shelf, looks, warned, heard } = createBench()
  looks[0]?.resolve({ installed: [], broken: [BROKEN] })
  expect(await shelf.found()).toEqual({ installed: [], broken: [BROKEN] })
  expect(warned).toEqual([[BROKEN, 'an encoder is installed, but does not work here']])
  expect(heard).toEqual([])
})

test('however many ask for another look, one runs and one waits; until it has ended the last counts', async () => {
  const { shelf, looks, heard } = createBench()
  looks[0]?.resolve({ installed: [], broken: [] })
  await shelf.found()
  const first = shelf.look()
  await expect.poll(() => looks.length).toBe(2)
  const others = [shelf.look(), shelf.look(), shelf.look()]
  expect((await shelf.installed()).length).toBe(0)
  looks[1]?.resolve({ installed: [], broken: [BROKEN] })
  expect((await first).broken).toEqual([BROKEN])
  await expect.poll(() => looks.length).toBe(3)
  looks[2]?.resolve(WORKS)
  for (const found of await Promise.all(others)) expect(found).toEqual(WORKS)
  expect(await shelf.installed()).toEqual(WORKS.installed)
  expect(looks).toHaveLength(3)
  expect(heard).toEqual([{ installed: [], broken: [BROKEN] }, WORKS])
})

test('a look that fails leaves what was known, and the next one looks again', async () => {
  const { shelf, looks } = createBench()
  looks[0]?.resolve(WORKS)
  await shelf.found()
  const failing = shelf.look()
  await expect.poll(() => looks.length).toBe(2)
  looks[1]?.reject(new Error('stopping'))
  await expect(failing).rejects.toThrow('stopping')
  expect(await shelf.found()).toEqual(WORKS)
  const again = shelf.look()
  await expect.poll(() => looks.length).toBe(3)
  looks[2]?.resolve({ installed: [], broken: [] })
  expect(await again).toEqual({ installed: [], broken: [] })
})

test('whoever waits for one encoder has it as soon as it is probed; the others come with the end of the look', async () => {
  const { shelf, looks, probed } = createBench()
  const svt = shelf.found(['svt'])
  const both = shelf.found(['svt', 'aom'])
  const unknown = shelf.found(['vp9'])
  probed[0]?.({ type: 'works', encoder: { ...SVT, build: 'svt/4.2.0/2c838e06' } })
  expect(await svt).toEqual(WORKS)
  const aom = { ...BROKEN, name: 'aom' } as const
  probed[0]?.({ type: 'broken', encoder: aom })
  expect(await both).toEqual({ ...WORKS, broken: [aom] })
  looks[0]?.resolve(WORKS)
  expect(await unknown).toEqual(WORKS)
  expect(await shelf.found(['vp9'])).toEqual(WORKS)
})

test('whoever waits for one encoder hears that the look failed; the look after it tells them again', async () => {
  const { shelf, looks } = createBench()
  const svt = shelf.found(['svt'])
  looks[0]?.reject(new Error('stopping'))
  await expect(svt).rejects.toThrow('stopping')
  await expect(shelf.found(['svt'])).rejects.toThrow('stopping')
  const again = shelf.look()
  await expect.poll(() => looks.length).toBe(2)
  looks[1]?.resolve(WORKS)
  await again
  expect(await shelf.found(['svt'])).toEqual(WORKS)
})

test('what the first look found does not hide what a later look finds', async () => {
  const { shelf, looks, probed } = createBench()
  probed[0]?.({ type: 'works', encoder: { ...SVT, build: 'svt/4.2.0/2c838e06' } })
  looks[0]?.resolve(WORKS)
  await shelf.found()
  const again = shelf.look()
  await expect.poll(() => looks.length).toBe(2)
  looks[1]?.resolve({ installed: [], broken: [BROKEN] })
  await again
  expect(await shelf.found(['svt'])).toEqual({ installed: [], broken: [BROKEN] })
})

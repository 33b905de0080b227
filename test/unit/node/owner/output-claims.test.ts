import { expect, test } from 'vitest'
import { createOutputClaims, type OutputOf } from '../../../../src/node/owner/output-claims.ts'

const TAKEN = { code: 'output-exists', field: 'output' }

function claims(...projects: OutputOf[]) {
  return { projects, outputs: createOutputClaims(() => projects) }
}

test('of two that ask at once for one file, the second is refused', async () => {
  const { projects, outputs } = claims()
  const begun = Promise.withResolvers<void>()
  const first = outputs.during(['/a.mkv', '/b.mkv'], undefined, async () => {
    await begun.promise
    projects.push({ projectId: 'p', output: '/a.mkv' })
    return 'p'
  })
  await expect(outputs.during(['/b.mkv'], undefined, async () => 'q')).rejects.toMatchObject(TAKEN)
  expect(() => outputs.check(['/a.mkv'])).toThrow('another project already writes /a.mkv')
  expect(await outputs.during(['/c.mkv'], undefined, async () => 'r')).toBe('r')
  begun.resolve()
  expect(await first).toBe('p')
  expect(() => outputs.check(['/a.mkv'])).toThrow()
  outputs.check(['/b.mkv'])
})

test('a project may keep its own file, and move to no other one', async () => {
  const { outputs } = claims({ projectId: 'p', output: '/a.mkv' }, { projectId: 'q', output: '/b.mkv' })
  outputs.check(['/a.mkv'], 'p')
  expect(() => outputs.check(['/b.mkv'], 'p')).toThrow()
  const again = outputs.during(['/c.mkv'], 'p', async () => outputs.during(['/c.mkv'], 'p', async () => 'twice'))
  expect(await again).toBe('twice')
  const other = outputs.during(['/c.mkv'], 'p', async () => outputs.check(['/c.mkv'], 'q'))
  await expect(other).rejects.toMatchObject(TAKEN)
})

test('what fails to begin gives its file back, and one submission names no file twice', async () => {
  const { outputs } = claims()
  const fails = async (): Promise<never> => {
    throw new Error('disk')
  }
  await expect(outputs.during(['/a.mkv'], undefined, fails)).rejects.toThrow('disk')
  outputs.check(['/a.mkv'])
  expect(() => outputs.check(['/a.mkv', '/a.mkv'])).toThrow()
})

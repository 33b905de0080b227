import { expect, test } from 'vitest'
import { createPreviews, type PreviewOf } from '../../../../src/node/http/previews.ts'

const video = { width: 16, height: 16, pixelFormat: 'yuv420p', bitDepth: 8, fps: { num: 25, den: 1 }, colour: {} }
const of = (sha256: string, form: PreviewOf['form'] = 'webm'): PreviewOf => ({
  file: sha256,
  sha256,
  form,
  frames: 1,
  video
})

function counted(bytes: number) {
  const made: string[] = []
  let running = 0
  let most = 0
  const previews = createPreviews(async ({ file, form }) => {
    most = Math.max(most, (running += 1))
    await Promise.resolve()
    running -= 1
    made.push(`${file}.${form}`)
    if (file === 'broken') throw new Error('broken')
    return new Uint8Array(bytes)
  })
  return { previews, made, most: () => most }
}

test('each is made once, whoever asks meanwhile, and never two at a time', async () => {
  const { previews, made, most } = counted(10)
  await Promise.all(['a', 'b', 'a', 'b', 'a'].map(async (one) => previews.get(of(one))))
  await previews.get(of('a', 'mp4'))
  expect(made.toSorted()).toEqual(['a.mp4', 'a.webm', 'b.webm'])
  expect(most()).toBe(1)
})

test('the ones that nobody asked for longest go when there are too many bytes', async () => {
  const { previews, made } = counted(30 * 1024 * 1024)
  for (const one of ['a', 'b', 'a', 'c', 'a', 'b']) await previews.get(of(one))
  expect(made).toEqual(['a.webm', 'b.webm', 'c.webm', 'b.webm'])
})

test('a failure is not kept, and does not stop the next', async () => {
  const { previews, made } = counted(10)
  await expect(previews.get(of('broken'))).rejects.toThrow('broken')
  await expect(previews.get(of('broken'))).rejects.toThrow('broken')
  await previews.get(of('a'))
  expect(made).toEqual(['broken.webm', 'broken.webm', 'a.webm'])
})

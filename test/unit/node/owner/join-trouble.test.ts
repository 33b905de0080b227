import { expect, test } from 'vitest'
import { MediaError } from '../../../../src/encode/index.ts'
import { checkRoom, RoomError, troubleReason } from '../../../../src/node/owner/join-trouble.ts'
import { SourceError } from '../../../../src/node/owner/source-identity.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const elsewhere = '"grav1 output p1 <file>" writes it elsewhere'
const again = 'Nothing is lost: grav1 tries again by itself; "grav1 retry p1" tries now'

test.each([
  ['join', new MediaError('output-exists', '/films/a.mkv already exists.'), elsewhere],
  ['join', new RoomError('/films has 1 B free; make room'), elsewhere],
  [
    'join',
    new MediaError('join-failed', 'mkvmerge could not write the file'),
    'another choice of --audio or --subtitles'
  ],
  ['join', new Error('something else'), elsewhere]
] as const)('in %s, %s: the help is what may help', (step, error, help) => {
  const said = troubleReason(step, error, 'p1')
  expect(said).toContain(`. ${again}; ${elsewhere}`)
  expect(said).toContain(help)
})

test.each([
  ['join', new SourceError('source-away', 'the source cannot be read; put it back')],
  ['prepare', new SourceError('source-changed', 'the source has grown; put that file back')],
  ['prepare', new MediaError('decode-failed', 'ffmpeg ended with exit code 1')]
] as const)('in %s, %s: another output is no help', (step, error) => {
  expect(troubleReason(step, error, 'p1')).toBe(`${error.message}. ${again}`)
})

test('room is told in units for people', async () => {
  await expect(checkRoom(`${await tempDir()}/film.mkv`, 2 ** 60)).rejects.toThrow(
    / has .* [KMGT]iB free, .* more than \d+ TiB; make room/
  )
})

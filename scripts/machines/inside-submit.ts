import { join } from 'node:path'
import { execa } from 'execa'
import { buildClip } from '../clip.ts'
import { createLocalSwarm } from '../local-swarm.ts'
import { comparePictures } from '../psnr.ts'
import { ALONE, SUBMITS, submitArgs } from './submits.ts'

// Runs within a root: `node scripts/machines/inside-submit.ts <number>` submits a clip and looks at the file.
const PSNR_DB_MIN = 28

/** Names of the file's codecs, in its own order. */
async function codecsOf(path: string): Promise<string[]> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path]
  return (await execa('ffprobe', args)).stdout.split('\n').flatMap((line) => line.split(',').slice(0, 1))
}

const one = SUBMITS[Number(process.argv[2])]
if (one === undefined) throw new RangeError(`there is no submission ${process.argv[2]}`)
const swarm = await createLocalSwarm()
try {
  const clip = await buildClip({ output: join(swarm.folder, 'clip.mkv'), seconds: 4, width: 192, height: 108 })
  const output = join(swarm.folder, `film.${one.container}`)
  const job = [clip.path, '--output', output, ...submitArgs(one), '--data-dir', join(swarm.folder, 'data'), ...ALONE]
  const code = await swarm.run(['submit', ...job])
  if (code !== 0) throw new Error(`grav1 submit ended with ${code}`)
  const quality = await comparePictures(output, clip.path)
  if (quality.frames !== clip.frames) throw new Error(`${quality.frames} frames of ${clip.frames} are in the file`)
  if (quality.mean < PSNR_DB_MIN) throw new Error(`a PSNR of ${quality.mean.toFixed(1)} dB: another film`)
  const codecs = await codecsOf(output)
  const wanted = [one.encoder === 'vp9' ? 'vp9' : 'av1', ...(one.opus ? ['opus'] : [])]
  const missing = wanted.filter((codec) => !codecs.includes(codec))
  if (missing.length > 0) throw new Error(`${missing.join(', ')} missing: the file has ${codecs.join(', ')}`)
  console.log(`note: ${clip.frames} frames, ${quality.mean.toFixed(1)} dB, ${codecs.filter(Boolean).join(' ')}`)
} finally {
  await swarm.close()
}

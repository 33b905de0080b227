import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { shellWord } from '../baseline.ts'
import type { Setting } from './settings.ts'

/** The encoder's command as one would type it, for a machine with this one's cores. */
function encoderWords({ encoder, params }: Setting, pass: number, stats: string, output: string): string[] {
  const threads = String(availableParallelism())
  const twoPasses = ['--passes=2', `--pass=${pass}`, `--fpf=${stats}`, `--threads=${threads}`, '--row-mt=1', '--ivf']
  if (encoder === 'aom') return ['aomenc', ...twoPasses, ...params, '-o', output, '-']
  if (encoder === 'vp9') return ['vpxenc', '--codec=vp9', ...twoPasses, ...params, '-o', output, '-']
  // It takes no `=`.
  const words = params.flatMap((param) => param.split('='))
  return ['SvtAv1EncApp', '-i', 'stdin', '--lp', threads, ...words, '-b', output]
}

/** Encodes a film with one encoder process that uses all cores by its own threads. @returns an IVF file */
export async function encodeInOneProcess(source: string, setting: Setting, folder: string): Promise<string> {
  const [stats, output] = [join(folder, 'stats'), join(folder, 'one.ivf')]
  // Without it ffmpeg fills the time before a first frame that comes later than the sound.
  const every = ['-fps_mode', 'passthrough', '-strict', '-1']
  const decode = [
    'ffmpeg',
    '-v',
    'error',
    '-nostdin',
    '-i',
    source,
    '-map',
    '0:v:0',
    ...every,
    '-f',
    'yuv4mpegpipe',
    '-'
  ]
  const line = (words: readonly string[]): string => words.map(shellWord).join(' ')
  for (const pass of setting.encoder === 'svt' ? [1] : [1, 2]) {
    const command = `${line(decode)} | ${line(encoderWords(setting, pass, stats, output))}`
    await execa('bash', ['-o', 'pipefail', '-c', command], { stdin: 'ignore', stdout: 'ignore' })
  }
  return output
}

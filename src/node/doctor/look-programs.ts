import { checkTools } from '../../encode/index.ts'
import { askProgram, installLine } from '../../platform/index.ts'
import type { EncoderInfo } from '../../api/schemas/index.ts'
import type { ProgramFacts } from './facts.ts'

const PROGRAM_MS_MAX = 10_000

/** What a program prints; empty where it fails. */
export async function printed(program: string, args: readonly string[]): Promise<string> {
  const { ok, stdout } = await askProgram([program, ...args], { msMax: PROGRAM_MS_MAX })
  return ok ? stdout : ''
}

/** `ffmpeg version 5.1.6-0+deb12u1 Copyright ...` is `5.1.6-0+deb12u1`. */
const versionIn = (text: string): string => /\bv?(\d[\w.+~:-]*)/.exec(text.split('\n', 1)[0] ?? '')?.[1] ?? 'installed'

async function versionOf(name: string): Promise<string> {
  return versionIn(await printed(name, name.startsWith('mkv') ? ['--version'] : ['-version']))
}

/** @param encoders those that are known here, with what is wrong with each */
export async function lookAtPrograms(encoders: readonly EncoderInfo[]): Promise<ProgramFacts> {
  const { missing } = checkTools()
  const names = ['ffmpeg', 'ffprobe', 'mkvmerge', 'mkvpropedit', 'mkvextract', 'mkvinfo']
  const versions = names.map(
    async (name) => [name, missing.includes(name) ? undefined : await versionOf(name)] as const
  )
  const hasFfmpeg = !missing.includes('ffmpeg')
  return {
    versions: new Map(await Promise.all(versions)),
    hasX264: hasFfmpeg ? (await printed('ffmpeg', ['-hide_banner', '-encoders'])).includes('libx264') : undefined,
    encoders,
    installLine
  }
}

import type { ProjectEncoder } from './types.ts'

/** A program and its version for people: `SvtAv1EncApp 4.2.0`, `node-av 6.1.1`. */
export function programText({ program, version }: { readonly program: string; readonly version: string }): string {
  if (version === 'unknown') return program
  return version.startsWith(`${program}-`) ? `${program} ${version.slice(program.length + 1)}` : `${program} ${version}`
}

/** The program of a project's encoder, with the version that is installed here. */
export const encoderText = ({ encoder: { program }, facts }: Pick<ProjectEncoder, 'encoder' | 'facts'>): string =>
  programText({ program, version: facts?.version ?? 'unknown' })

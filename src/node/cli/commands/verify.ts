import { randomUUID } from 'node:crypto'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { chooseSandbox } from '../../../platform/index.ts'
import { printable } from '../../../common/text.ts'
import { ConfigError } from '../../config/error.ts'
import { identityFile, loadIdentity } from '../../disk/identity.ts'
import { checkFilmBy, type ManifestCheck } from '../../manifest/check-film.ts'
import { ManifestError } from '../../manifest/error.ts'
import { findSource } from '../../manifest/find-source.ts'
import { manifestPathOf, readManifestText } from '../../manifest/place.ts'
import { reEncode } from '../../manifest/re-encode.ts'
import type { ManifestBody } from '../../manifest/schema.ts'
import { openManifest } from '../../manifest/signed.ts'
import { createSigner } from '../../../swarm/index.ts'
import { type Call, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import { formatTable } from '../format.ts'
import { untilSignal } from '../until-signal.ts'
import { encodersOf } from './encoders-here.ts'

/** What was found out about a film. */
export interface VerifyReport {
  readonly file: string
  readonly manifest: string
  /** Peer id of the key that signed the manifest. */
  readonly signer: string
  /** Whether that is the key of this data folder. */
  readonly isOwn: boolean
  readonly checks: readonly ManifestCheck[]
}

const MEANING =
  'The holder of the key states that these scenes were encoded from the source with these parameters. The file cannot prove whose key it is; --signer compares it with a peer id that you know.'
const UNPROVED = 'Only --re-encode shows that the scenes are what the manifest says.'
const PROVED =
  'The scenes that were encoded again are what the manifest says. For the others you have only the word of the key holder.'
const ONLY_REMUXED =
  'The video is unchanged, but the rest of the file is not: another program wrote the file, or changed its other tracks or its header.'

/** What `grav1 verify` prints. */
export function verifyText({ file, signer, isOwn, checks }: VerifyReport): string {
  const isWrong = (name: ManifestCheck['check']): boolean =>
    checks.some(({ check, state }) => check === name && state === 'wrong')
  const isEncoded = checks.some(({ check }) => check === 're-encode')
  return [
    printable(basename(file)),
    `signed by ${printable(signer)}${isOwn ? ', the key of this data folder' : ''}`,
    '',
    formatTable(checks.map(({ check, state, text }) => [state, check, printable(text)])),
    '',
    ...(isWrong('file') && !isWrong('video') ? [ONLY_REMUXED] : []),
    MEANING,
    isEncoded ? PROVED : UNPROVED
  ].join('\n')
}

/** The peer id of a data folder; undefined where it has none. It is only looked at. */
async function ownPeerId(dataDir: string): Promise<string | undefined> {
  const isThere = await access(identityFile(dataDir)).then(
    () => true,
    () => false
  )
  return isThere ? createSigner(await loadIdentity(dataDir)).peerId : undefined
}

const optionOf = ({ options }: Call, name: string): string | undefined => {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** @throws CliError `usage` */
function countOf(call: Call): number {
  const given = optionOf(call, 'reEncode')
  if (given === undefined) return 0
  const count = Number(given)
  if (/^\d+$/.test(given) && count > 0 && Number.isSafeInteger(count)) return count
  throw new CliError('usage', `--re-encode takes a number of scenes, not "${given}".`)
}

/** @throws ManifestError `bad-signature` for another key than `--signer` */
async function bodyOf(manifest: string, wanted: string | undefined): Promise<ManifestBody> {
  const body = await openManifest(await readManifestText(manifest))
  if (wanted === undefined || wanted === body.owner) return body
  throw new ManifestError('bad-signature', `it was signed by ${body.owner}, not by ${wanted}`)
}

async function again(call: Call, file: string, body: ManifestBody, count: number, signal: AbortSignal) {
  const given = optionOf(call, 'source')
  const source = await findSource(body, file, given === undefined ? undefined : resolve(call.io.cwd, given))
  const found = await encodersOf(call)
  const workDir = join(tmpdir(), `grav1-verify-${randomUUID()}`)
  const onScene = (index: number): void => {
    if (!call.json) call.io.err(`encoding scene ${index + 1} again`)
  }
  return reEncode({ body, source, count, found, workDir, onScene }, { signal })
}

async function verify(call: Call, file: string, signal: AbortSignal): Promise<VerifyReport> {
  const count = countOf(call)
  const named = optionOf(call, 'manifest')
  const manifest = named === undefined ? manifestPathOf(file) : resolve(call.io.cwd, named)
  const body = await bodyOf(manifest, optionOf(call, 'signer'))
  const signed: ManifestCheck = {
    check: 'signature',
    state: 'ok',
    text: 'the manifest is unchanged since it was signed'
  }
  const checks = [signed, ...(await checkFilmBy(body, file, { signal }))]
  if (count > 0) checks.push(await again(call, file, body, count, signal))
  const isOwn = (await ownPeerId(call.where.dataDir)) === body.owner
  return { file, manifest, signer: body.owner, isOwn, checks }
}

/** What a refusal of a manifest means to the user. */
const refusalOf = (error: ManifestError, file: string): CliError => {
  if (error.code === 'no-manifest')
    return new CliError('usage', `${printable(error.message)}; name the film's manifest with --manifest.`, {
      cause: error
    })
  const isAboutManifest = error.code === 'not-a-manifest' || error.code === 'too-new' || error.code === 'bad-signature'
  const about = isAboutManifest ? `The manifest of ${basename(file)} is refused: ` : ''
  return new CliError('not-verified', `${about}${printable(error.message)}.`, { cause: error })
}

/** The film and its source are files of others. @throws ConfigError where a sandbox is required and there is none */
function boxPrograms({ config }: Call): void {
  if (config === undefined) return
  const found = chooseSandbox(config.sandbox)
  if (found.type === 'none' && config.sandbox === 'require')
    throw new ConfigError('no-sandbox', `--sandbox require: ${found.words}`)
}

/** `grav1 verify` */
export async function runVerify(call: Call): Promise<ExitReason> {
  boxPrograms(call)
  const file = resolve(call.io.cwd, call.args[0] ?? '')
  await access(file).catch((cause: unknown) => {
    throw new CliError('usage', `${file} cannot be read.`, { cause })
  })
  const report = await untilSignal(call.io, async (signal) => verify(call, file, signal)).catch((error: unknown) => {
    throw error instanceof ManifestError ? refusalOf(error, file) : error
  })
  if (typeof report === 'string') return report
  say(call, report, verifyText(report))
  return report.checks.every(({ state }) => state === 'ok') ? 'ok' : 'failed'
}

import { errorText } from '../../../common/error-text.ts'
import { encodersFolder, NODE_AV } from '../../../encode/index.ts'
import {
  folderBytes,
  installedVersion,
  installNodeAv,
  type NodeAvPackage,
  nodeAvPackage,
  removeNodeAv
} from '../../encoders/node-av-package.ts'
import { npmNames } from '../../../platform/index.ts'
import { CliError } from '../errors.ts'
import { formatBytes } from '../../../common/text.ts'
import type { CliIo } from '../io.ts'
import { saysYes } from '../says-yes.ts'
import { untilSignal } from '../until-signal.ts'

export interface AddEncodersInit {
  /** Without asking. */
  readonly yes: boolean
  readonly io: Pick<CliIo, 'err' | 'ask' | 'env' | 'onSignal'>
}

/** The folder that is grav1's own. @throws {@link CliError} `usage` where the user has named another, which is left alone */
function ownFolder({ env }: Pick<CliIo, 'env'>): string {
  const named = env['GRAV1_NODE_AV']
  if (!named) return encodersFolder()
  throw new CliError('usage', `GRAV1_NODE_AV names ${named}, which you manage yourself. Unset it and run this again.`)
}

const offer = ({ packages, size, licence }: NodeAvPackage, folder: string): string[] => [
  'The npm package node-av holds FFmpeg with SVT-AV1 and libvpx: the encoders svt-av and vp9-av.',
  `  packages  ${packages.join(', ')}`,
  `  size      ${size} on disk`,
  `  licence   ${licence}`,
  `  folder    ${folder}`
]

/** @throws {@link CliError} without a clear yes */
async function askConsent({ yes, io }: AddEncodersInit): Promise<void> {
  if (yes) return
  if (io.ask === undefined)
    throw new CliError('usage', 'There is no terminal for the question; add --yes to install it.')
  const answer = await io.ask('Install it? [y/N] ')
  if (!saysYes(answer)) throw new CliError('encoders-unchanged', 'Nothing was installed.')
}

/** Installs the package, with consent; does nothing where this version is there already. @throws {@link CliError} */
export async function addEncoders(init: AddEncodersInit): Promise<void> {
  const { io } = init
  const folder = ownFolder(io)
  const wanted = nodeAvPackage(npmNames.platform, npmNames.arch)
  if (wanted === undefined)
    throw new CliError('encoders-unchanged', `node-av has no binary for ${npmNames.platform} on ${npmNames.arch}.`)
  if ((await installedVersion(folder)) === wanted.version) {
    io.err(`node-av ${wanted.version} is already installed in ${folder}.`)
    return
  }
  for (const line of offer(wanted, folder)) io.err(line)
  await askConsent(init)
  try {
    const ending = await untilSignal(io, async (signal) => installNodeAv(wanted, folder, { signal }))
    if (ending !== undefined) throw new Error('it was interrupted')
  } catch (cause) {
    const said = errorText(cause)
    throw new CliError('encoders-unchanged', `node-av was not installed: ${said}`, { cause })
  }
  io.err(`Installed, ${formatBytes(await folderBytes(folder))}. "grav1 encoders remove" deletes it.`)
}

/** Deletes what `addEncoders` installed. @throws {@link CliError} `usage` */
export async function removeEncoders(io: Pick<CliIo, 'err' | 'env'>): Promise<void> {
  const folder = ownFolder(io)
  const isGone = await removeNodeAv(folder)
  io.err(isGone ? `Removed ${folder}.` : `There is no ${NODE_AV} in ${folder}.`)
}

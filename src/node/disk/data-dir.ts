import { randomBytes } from 'node:crypto'
import { chmod, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText } from '../../common/error-text.ts'
import { makeFolder } from '../../platform/index.ts'
import { writeFileAtomic } from '../../storage/index.ts'
import { API_TOKEN_FILE, CANARIES_FILE, READ_TOKEN_FILE } from './file-names.ts'

/** Makes the folder, readable by its user only, and returns the paths in it. @throws Error with a sentence */
export async function openDataDir(dataDir: string) {
  await makeFolder(dataDir, 0o700).catch((cause: unknown) => {
    throw new Error(
      `The data folder ${dataDir} cannot be created: ${errorText(cause)}; choose another with --data-dir.`,
      {
        cause
      }
    )
  })
  await chmod(dataDir, 0o700)
  return {
    database: join(dataDir, 'db'),
    /** What this node keeps of its own projects, outside of the database. */
    own: join(dataDir, 'own'),
    heads: join(dataDir, 'heads.json'),
    /** What the logs of projects that have ended come to; may be deleted at any time. */
    views: join(dataDir, 'views'),
    blobs: join(dataDir, 'blobs'),
    /** What is known of sources that were analysed; may be deleted at any time. */
    analyses: join(dataDir, 'analyses'),
    /** What encoders made of projects' probe clips; may be deleted at any time. */
    probes: join(dataDir, 'probes'),
    /** Clips of sources for players; may be deleted at any time. */
    clips: join(dataDir, 'clips'),
    projects: join(dataDir, 'projects'),
    work: join(dataDir, 'work'),
    /** Scenes that this node took ahead of an absence of their owner, one file each. */
    ahead: join(dataDir, 'ahead'),
    /** Films that browsers sent. */
    uploads: join(dataDir, 'uploads'),
    /** What the encoders of this machine made when they were last tried; may be deleted at any time. */
    canaries: join(dataDir, CANARIES_FILE),
    /** A pause and slots that were set while the node ran. */
    control: join(dataDir, 'control.json'),
    /** Whom to tell when this node's projects end, and what is not told yet. */
    hooks: join(dataDir, 'hooks'),
    /** Peers that the user trusts or bans, and who is in quarantine. */
    peers: join(dataDir, 'peers.json'),
    /** What became of films in watched folders. */
    watched: join(dataDir, 'watched.json'),
    apiFile: join(dataDir, 'api.json'),
    tokenFile: join(dataDir, API_TOKEN_FILE),
    readTokenFile: join(dataDir, READ_TOKEN_FILE),
    /** Hashes of the tokens that were made while the node ran. */
    tokens: join(dataDir, 'tokens.json'),
    /** Invitations of this node, without what opens them. */
    invites: join(dataDir, 'invites.json')
  }
}

/** A token of the API, the one that gives full access or the one that may only read: made at the first start, in a file that only its user can read. */
export async function loadApiToken(tokenFile: string): Promise<string> {
  const stored = await readFile(tokenFile, 'utf8').catch(() => '')
  if (/^[0-9a-f]{64}\s*$/.test(stored)) {
    await chmod(tokenFile, 0o600)
    return stored.trim()
  }
  const token = randomBytes(32).toString('hex')
  await writeFileAtomic(tokenFile, `${token}\n`)
  return token
}

/** Says where the API of the running node is, for the command line on the same machine. */
export async function publishApi(
  apiFile: string,
  info: { readonly url: string; readonly addresses: readonly string[]; readonly certificate?: string | undefined }
): Promise<() => Promise<void>> {
  await writeFileAtomic(apiFile, `${JSON.stringify({ ...info, pid: process.pid })}\n`)
  return async () => rm(apiFile, { force: true })
}

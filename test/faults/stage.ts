import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectStatus, TimelineEntry } from '../../src/api/schemas/index.ts'
import type { NodeOptions, SpawnedNode, TestSwarm } from '../e2e/harness.ts'
import { eventually, getProject, getStatus, whenConnected, whenProject } from '../e2e/harness.ts'
import { BrokenPromiseError } from './fault.ts'
import type { FilmSource } from './film.ts'
import type { Network } from './network.ts'

/** How a node of the stage is started; its place in the swarm is known. */
export type Role = Omit<Partial<NodeOptions>, 'name' | 'bootstrap'>

/** Where a film lies and where it goes. */
export interface Placed {
  readonly source: string
  /** A folder with nothing but the finished film. */
  readonly place: string
  readonly output: string
}

/** A film that one node owns. */
export interface Film extends Placed {
  readonly owner: string
  readonly projectId: string
}

interface Actor {
  readonly role: Role
  node: SpawnedNode
  /** What it printed before it was started again. */
  before: string
}

/** Leases of so many milliseconds: what waits for one to end does not take minutes. */
const LEASE_TTL_MS = 6_000

/** Time to live and grace of a lease, and a second more. */
const OUTAGE_MS = LEASE_TTL_MS * 1.5 + 1000

const DEADLINE_MS = 150_000

/** The nodes of a fault and their films, from nothing to the last check. */
export class Stage {
  readonly swarm: TestSwarm
  readonly films: Film[] = []
  /** What the user was told while a film waited. */
  readonly told: string[] = []
  /** When the first film was submitted, of `performance.now()`. */
  beganMs = 0
  readonly #actors = new Map<string, Actor>()
  #entered = 0
  readonly #undo: (() => Promise<void>)[] = []
  readonly #film: FilmSource
  readonly #network: Network | undefined

  /** A fault of the network has one that it may harm. */
  constructor(swarm: TestSwarm, film: FilmSource, network?: Network) {
    this.swarm = swarm
    this.#film = film
    this.#network = network
  }

  get network(): Network {
    if (this.#network === undefined) throw new Error('a fault of the network says so in its needs')
    return this.#network
  }

  get folder(): string {
    return this.swarm.folder
  }

  get names(): string[] {
    return [...this.#actors.keys()]
  }

  node(name: string): SpawnedNode {
    const actor = this.#actors.get(name)
    if (actor === undefined) throw new Error(`no node is called ${name}`)
    return actor.node
  }

  /** All that a node printed, over its restarts. */
  printed(name: string): string {
    const actor = this.#actors.get(name)
    return actor === undefined ? '' : `${actor.before}${actor.node.output()}`
  }

  /** Undoes what a fault did to the machine, even if it failed half-way. */
  onClose(undo: () => Promise<void>): void {
    this.#undo.push(undo)
  }

  async close(): Promise<void> {
    for (const undo of this.#undo.toReversed()) await undo()
    await this.swarm.stop()
  }

  /** Starts a node; all but the first look for the first. */
  async enter(name: string, role: Role = {}): Promise<SpawnedNode> {
    const [first] = this.#actors.values()
    const listen = this.#network?.listen(this.#entered)
    this.#entered += 1
    const node = await this.#start(name, { listen, ...role }, first?.node.address)
    this.#actors.set(name, { role, node, before: '' })
    return node
  }

  /** An owner that only owns, and two workers of one slot, which are connected. */
  async enterAll(roles: Readonly<Record<string, Role>> = {}): Promise<void> {
    await this.enter('owner', { workers: 0, ...roles['owner'] })
    await Promise.all(['a', 'b'].map(async (name) => this.enter(name, roles[name])))
    await whenConnected(this.node('owner').url, 2)
  }

  /** Starts a killed node on its port and in its folder, as a service would. */
  async again(name: string, role: Role = {}): Promise<SpawnedNode> {
    const actor = this.#actors.get(name)
    if (actor === undefined) throw new Error(`no node is called ${name}`)
    const { address, dataDir } = actor.node
    const [first] = this.#actors.values()
    const bootstrap = first === actor ? undefined : first?.node.address
    const before = this.printed(name)
    actor.node = await this.#start(name, { ...actor.role, listen: listenOf(address), ...role }, bootstrap, dataDir)
    actor.before = before
    return actor.node
  }

  async #start(name: string, role: Role, bootstrap?: string, dataDir?: string): Promise<SpawnedNode> {
    const temporary = join(this.folder, `tmp-${name}`)
    await mkdir(temporary, { recursive: true })
    const args = ['--lease-ttl-ms', String(LEASE_TTL_MS), ...(role.args ?? [])]
    const env = { TMPDIR: temporary, ...role.env }
    return this.swarm.startNode({ workers: 1, ...role, name, bootstrap, dataDir: dataDir ?? role.dataDir, args, env })
  }

  /** Kills nodes at the same moment. */
  async kill(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map(async (name) => this.node(name).kill()))
  }

  /** Kills a node for good. */
  async leave(name: string): Promise<void> {
    await this.kill(name)
    this.#actors.delete(name)
  }

  /** Sends a signal to nodes alone, not to their encoders. */
  signal(signal: NodeJS.Signals, ...names: readonly string[]): void {
    for (const name of names) this.node(name).signal(signal)
  }

  /** How long something lasts that leases do not survive: an outage has no end but the one that is given to it. */
  async outlastLeases(): Promise<void> {
    await delay(OUTAGE_MS)
  }

  /** A copy of the film, for this fault to harm, and an empty folder for what becomes of it. */
  async place(name = 'film', place = join(this.folder, `out-${name}`)): Promise<Placed> {
    const source = join(this.folder, `${name}.mkv`)
    await copyFile(this.#film.path, source)
    await mkdir(place, { recursive: true })
    return { source, place, output: join(place, 'out.mkv') }
  }

  /** Submits a film at a node. */
  async submit(owner = 'owner', placed?: Placed, args: readonly string[] = []): Promise<Film> {
    const where = placed ?? (await this.place())
    const { params, args: filmArgs } = this.#film
    const options = ['--encoder', 'aom', '--params', params, '--output', where.output, ...filmArgs, ...args]
    return this.#begin(owner, where, async () => this.swarm.submit(this.node(owner), where.source, options))
  }

  /** Submits a film over HTTP, at a node whose version the command line of this one does not know. */
  async submitByHttp(owner: string, where: Placed): Promise<Film> {
    const { url, dataDir } = this.node(owner)
    const token = (await readFile(join(dataDir, 'api-token'), 'utf8')).trim()
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const body = { input: where.source, output: where.output, encoder: 'aom', encoderParams: this.#film.params }
    return this.#begin(owner, where, async () => {
      const answer = await fetch(`${url}/api/v2/projects`, { method: 'POST', headers, body: JSON.stringify(body) })
      const text = await answer.text()
      if (!answer.ok) throw new Error(text)
      return (JSON.parse(text) as { projectId: string }).projectId
    })
  }

  async #begin(owner: string, placed: Placed, submit: () => Promise<string>): Promise<Film> {
    if (this.films.length === 0) this.beganMs = performance.now()
    const film = { ...placed, owner, projectId: await submit() }
    this.films.push(film)
    return film
  }

  async whenDone(film: Film, scenes: number): Promise<ProjectStatus> {
    return this.until(film, `to have ${scenes} scenes done`, ({ scenes: { done } }) => done >= scenes)
  }

  /** Waits until the owner of a film says what is wanted of it. */
  async until(film: Film, what: string, wanted: (project: ProjectStatus) => boolean): Promise<ProjectStatus> {
    return whenProject(this.node(film.owner).url, film.projectId, what, wanted, DEADLINE_MS)
  }

  async whenComplete(...films: readonly Film[]): Promise<void> {
    await Promise.all(films.map(async (film) => this.until(film, 'to be complete', isComplete)))
  }

  /** Waits until the user of a film is told what it waits for. @throws BrokenPromiseError where it ends instead */
  async whenWaiting(film: Film): Promise<string> {
    const { state, reason } = await this.until(
      film,
      'to wait',
      (project) => project.state === 'waiting' || isComplete(project)
    )
    if (state !== 'waiting') throw new BrokenPromiseError(`it was ${state} and did not wait`)
    this.told.push(reason)
    return reason
  }

  /** Waits until a worker is in the middle of a scene. @returns its name */
  async whenBusy(film: Film, ...names: readonly string[]): Promise<string> {
    const { running } = await this.until(film, `to run at ${names.join(' or ')}`, (project) =>
      project.running.some(({ worker }) => this.#isOneOf(worker, names))
    )
    const busy = running.find(({ worker }) => this.#isOneOf(worker, names))
    return names.find((name) => this.node(name).peerId === busy?.worker) ?? ''
  }

  /** The same, or until there is no scene left to be busy with. */
  async whenBusyOrComplete(film: Film, name: string): Promise<void> {
    const { peerId } = this.node(name)
    await this.until(
      film,
      `to run at ${name}`,
      (project) => isComplete(project) || project.running.some(({ worker }) => worker === peerId)
    )
  }

  /** Waits until the owner of a film has given up a lease. */
  async whenExpired(film: Film): Promise<void> {
    const { url } = this.node(film.owner)
    const expired = async (): Promise<true | undefined> => {
      const answer = await fetch(`${url}/api/v2/timeline?limit=1000`)
      const entries = (await answer.json()) as TimelineEntry[]
      return entries.some(({ verdict }) => verdict === 'expired') ? true : undefined
    }
    await eventually('a lease to expire', expired, DEADLINE_MS)
  }

  #isOneOf(peerId: string, names: readonly string[]): boolean {
    return names.some((name) => this.node(name).peerId === peerId)
  }

  async project(film: Film): Promise<ProjectStatus | undefined> {
    return getProject(this.node(film.owner).url, film.projectId)
  }

  /** Waits until the owner sees so many of its peers. */
  async whenPeers(owner: string, isWanted: (connected: number) => boolean): Promise<void> {
    await eventually(
      'other peers to be connected',
      async () => {
        const { peers } = await getStatus(this.node(owner).url)
        return isWanted(peers.filter(({ connected }) => connected).length) ? true : undefined
      },
      DEADLINE_MS
    )
  }
}

const isComplete = ({ state }: ProjectStatus): boolean => state === 'completed'

/** The address that a node listened on, port and all. */
const listenOf = (address: string): string => address.replace(/\/p2p\/.*$/, '')

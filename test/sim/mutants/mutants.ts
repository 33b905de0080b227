import type { GivenSwarm } from '../swarm/scenario.ts'

/** One place of the source, made wrong. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string
  /** Occurs exactly once there. */
  readonly find: string
  readonly replace: string
}

/** A planted bug: the real code with one rule of it broken. */
export interface Mutant {
  readonly name: string
  /** For the help text. */
  readonly what: string
  /** Two where one rule is a net below the other. */
  readonly edits: readonly Edit[]
  /** Invariants of which one has to be seen broken. */
  readonly breaks: readonly string[]
  /** Its seeds are swarms of this kind, not drawn. */
  readonly swarm?: GivenSwarm
  /** The first seed from 1 that catches it. */
  readonly seed: number
}

const OWNER = 'src/swarm/protocol/owner.ts'
const BUILDS = 'src/swarm/protocol/builds.ts'
const EPOCH = 'src/swarm/protocol/epoch-rules.ts'
const SCHEDULER = 'src/swarm/protocol/scheduler.ts'
const TROUBLE = 'src/swarm/protocol/owner-trouble.ts'
const WORKER = 'src/swarm/protocol/worker.ts'
const SESSION = 'src/swarm/protocol/session-rules.ts'
const VERDICT = 'src/swarm/protocol/verdict.ts'
const RECEIPTS = 'src/swarm/protocol/receipts.ts'
const VIEW = 'src/swarm/protocol/view.ts'
const LEDGER = 'src/swarm/protocol/ledger.ts'
const POLICY = 'src/swarm/protocol/policy.ts'
const PAUSES = 'src/swarm/protocol/owner-pauses.ts'
const AHEAD = 'src/swarm/protocol/ahead.ts'
const TURNS = 'src/swarm/protocol/worker-turns.ts'
const AWAY = 'src/swarm/protocol/owner-away.ts'
const SIM_OWNER = 'test/sim/swarm/sim-owner.ts'
const SIM_WORKER = 'test/sim/swarm/sim-worker.ts'
const SIM_LOG = 'test/sim/swarm/sim-log.ts'
const SIM_NODE = 'test/sim/swarm/sim-node.ts'

/** What is planted in `test/sim/swarm` is what a shell has to see to; the rest is the program's own. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'accepts-again',
    what: 'no look at the log before a receipt is signed',
    edits: [
      {
        file: RECEIPTS,
        find: 'if (view.scenes[scene]?.accepted !== undefined) return undefined',
        replace: ''
      }
    ],
    breaks: ['S1'],
    seed: 7
  },
  {
    name: 'receipts-blame',
    what: 'a result that differs from an accepted one is a lie, whoever made the accepted one',
    edits: [{ file: VERDICT, find: 'return by.includes(self)', replace: 'return by.length > 0 || self === by[0]' }],
    breaks: ['S13'],
    seed: 667
  },
  {
    name: 'verdict-before-receipt',
    what: 'the worker hears of a receipt that is not on disk yet',
    edits: [
      {
        file: SIM_OWNER,
        find: "else this.#append({ type: 'accept', accept: receipt }, done)",
        replace: "else { this.#append({ type: 'accept', accept: receipt }, () => {}); done() }"
      }
    ],
    breaks: ['S2'],
    seed: 1
  },
  {
    name: 'published-before-durable',
    what: 'a record is gossiped while it is being written',
    edits: [
      {
        file: SIM_LOG,
        find: 'this.#writeJournal(journalKey(projectId, seq), envelope, () => {',
        replace:
          'const later = (task: () => void): void => { this.#writeJournal(journalKey(projectId, seq), envelope, () => {}); task() }; later(() => {'
      }
    ],
    breaks: ['S2'],
    seed: 1
  },
  {
    name: 'unfetched-accepted',
    what: 'a result that could not be fetched counts as right',
    edits: [{ file: OWNER, find: 'if (!event.ok) {', replace: 'if (!event.ok && event.blamed) {' }],
    breaks: ['S2', 'S11'],
    seed: 41
  },
  {
    name: 'attempts-wrap',
    what: 'the counter of tokens begins anew after eight',
    edits: [
      { file: OWNER, find: 'nextAttempt: state.nextAttempt + 1', replace: 'nextAttempt: (state.nextAttempt % 8) + 1' }
    ],
    breaks: ['S3'],
    seed: 2
  },
  {
    name: 'epoch-not-raised',
    what: 'a new run goes on in the epoch of the last',
    edits: [{ file: EPOCH, find: 'seen) + 1', replace: 'seen, 1)' }],
    breaks: ['S3', 'S4', 'S6'],
    seed: 1
  },
  {
    name: 'epoch-of-the-file-only',
    what: 'a new epoch looks at the own disk, not at the log and the beats of others',
    edits: [
      {
        file: EPOCH,
        find: 'Math.max(stored ?? 0, seen) + 1',
        replace: '(stored ?? 0) + Math.min(1, seen + 1)'
      }
    ],
    breaks: ['S3', 'S4', 'S6'],
    seed: 10
  },
  {
    name: 'third-lease',
    what: 'no limit of two leases on a scene',
    edits: [
      {
        file: 'src/swarm/protocol/scheduler.ts',
        find: 'isIdle || scene.leases.length > 1 ?',
        replace: 'isIdle || scene.leases.length > 9 ?'
      }
    ],
    breaks: ['S5'],
    seed: 33
  },
  {
    name: 'leases-outlive-receipt',
    what: 'a second lease stays when its scene is accepted',
    edits: [
      {
        file: OWNER,
        find: 'accepted: true, failed: false, leases: [], results: [], proofWanted: false }',
        replace: 'accepted: true, failed: false, results: [], proofWanted: false }'
      }
    ],
    breaks: ['S5'],
    seed: 2
  },
  {
    name: 'appends-overlap',
    what: 'an owner does not wait for one record before it writes the next',
    edits: [{ file: SIM_OWNER, find: 'if (this.#working) return', replace: '' }],
    breaks: ['S2', 'S6'],
    seed: 1
  },
  {
    name: 'any-signature',
    what: 'signatures are not looked at',
    edits: [
      {
        file: 'test/sim/swarm/keys.ts',
        find: 'envelope: holds ? { payload, signer } : undefined',
        replace: 'envelope: holds || payload.length > 0 ? { payload, signer } : undefined'
      }
    ],
    breaks: ['S7', 'S13'],
    seed: 5
  },
  {
    name: 'anybody-writes',
    what: 'whoever signs a record may extend a log',
    edits: [
      {
        file: VIEW,
        find: "if (signer !== view.owner) throw new ProtocolError('wrong-signer', 'not signed by the owner')",
        replace: ''
      }
    ],
    breaks: ['S7'],
    seed: 5
  },
  {
    name: 'any-project-id',
    what: 'a project may be announced under the id of another',
    edits: [
      { file: VIEW, find: 'if (derivedProjectId !== record.projectId)', replace: "if (derivedProjectId === '')" }
    ],
    breaks: ['S7'],
    seed: 320
  },
  {
    name: 'announced-again',
    what: 'an announcement that is known begins the project anew',
    edits: [{ file: VIEW, find: "if (view != null) throw new ProtocolError('stale', 'known')", replace: '' }],
    breaks: ['S8'],
    seed: 1
  },
  {
    name: 'removal-keeps',
    what: 'a removal keeps what its node happened to know',
    edits: [
      {
        file: VIEW,
        find: 'return { ...emptyView(view.projectId, view.owner, view.announce, head), end }',
        replace: 'return { ...view, head, end }'
      }
    ],
    breaks: ['S9'],
    seed: 5
  },
  {
    name: 'dead-lease',
    what: 'an encoder starts under a lease that ran out',
    edits: [{ file: WORKER, find: 'if (!isLive(state, job)) return false', replace: '' }],
    breaks: ['S10'],
    seed: 76
  },
  {
    name: 'slots-forgotten',
    what: 'a worker encodes more at a time than it has slots',
    edits: [{ file: WORKER, find: "return count(state, 'encoding') + ", replace: 'return ' }],
    breaks: ['S10'],
    seed: 1
  },
  {
    name: 'nothing-verified',
    what: 'any bytes count as the result of a scene',
    edits: [
      {
        file: RECEIPTS,
        find: '    ok: verdict.ok,\n    blamed: !verdict.ok && verdict.blamed,',
        replace: '    ok: verdict.ok || verdict.blamed,\n    blamed: false,'
      }
    ],
    breaks: ['S1', 'S11', 'S16'],
    seed: 6
  },
  {
    name: 'joined-out-of-order',
    what: 'segments are joined in the order in which they were accepted',
    edits: [
      {
        file: SIM_OWNER,
        find: 'const segments = scenes.map(',
        replace:
          'const segments = scenes.toSorted((a, b) => (a.accepted?.attempt ?? 0) - (b.accepted?.attempt ?? 0)).map('
      }
    ],
    breaks: ['S11'],
    seed: 1
  },
  {
    name: 'no-quota',
    what: 'a stranger may fill the disk',
    edits: [{ file: LEDGER, find: 'if (isFull || (!next.known && isStrangeFull))', replace: 'if (isFull)' }],
    breaks: ['S12'],
    seed: 5
  },
  {
    name: 'late-is-a-lie',
    what: 'a message that comes late is held against who passed it on',
    edits: [{ file: 'src/swarm/protocol/errors.ts', find: "stale: 'ignore'", replace: "stale: 'reject'" }],
    breaks: ['S13'],
    seed: 5
  },
  {
    name: 'failure-is-a-lie',
    what: 'an encoder that fails is held against its worker like a false result',
    edits: [
      {
        file: OWNER,
        find: 'return wakeWaiting(settleProject(next, event.nowMs), event.nowMs)\n}\n\nfunction redialFailed',
        replace:
          "return then(wakeWaiting(settleProject(next, event.nowMs), event.nowMs), [{ type: 'book', worker: event.worker, what: 'refused' }])\n}\n\nfunction redialFailed"
      }
    ],
    breaks: ['S13'],
    seed: 7
  },
  {
    name: 'owner-by-the-wall-clock',
    what: 'leases run out by the time of day',
    edits: [
      {
        file: SIM_OWNER,
        find: 'nowMs: host.scope.monotonicMs() }',
        replace: 'nowMs: host.scope.wallMs() }'
      }
    ],
    breaks: ['S5', 'S13', 'L1', 'L4'],
    seed: 1
  },
  {
    name: 'worker-by-the-wall-clock',
    what: 'a worker counts its leases by the time of day',
    edits: [
      {
        file: SIM_WORKER,
        find: 'return this.#parts.host.scope.monotonicMs()',
        replace: 'return this.#parts.host.scope.wallMs()'
      }
    ],
    breaks: ['S10', 'L1', 'L4'],
    seed: 25
  },
  {
    name: 'forks-go-on',
    what: 'two different records with one number freeze nothing',
    edits: [
      {
        file: LEDGER,
        find: 'storedHash == null || storedHash === hash) return undefined',
        replace: "storedHash == null || storedHash !== '') return undefined"
      }
    ],
    breaks: ['S15', 'L3'],
    seed: 8
  },
  {
    name: 'any-history',
    what: 'a record need not follow the one before it',
    edits: [{ file: VIEW, find: 'if (record.prev !== view.head.hash)', replace: "if (record.prev === '-')" }],
    breaks: ['S9', 'S15', 'L3'],
    seed: 64
  },
  {
    name: 'leases-for-ever',
    what: 'silence does not end a lease',
    edits: [
      {
        file: OWNER,
        find: 'const silentAtMs = lease.expiresAtMs + timing.leaseGraceMs\n',
        replace: 'const silentAtMs = lease.expiresAtMs + timing.leaseGraceMs + Infinity\n'
      }
    ],
    breaks: ['L1'],
    seed: 1
  },
  {
    name: 'nobody-is-woken',
    what: 'whoever had nothing is neither woken nor asks again',
    edits: [
      {
        file: OWNER,
        find: "const wakes = woken.map((worker): OwnerEffect => ({ type: 'wake', worker }))",
        replace: 'const wakes: OwnerEffect[] = []'
      },
      {
        file: WORKER,
        find: 'if (state.nowMs < state.askAgainAtMs) return state',
        replace: 'if (state.nowMs >= 0) return state'
      }
    ],
    breaks: ['L1'],
    seed: 3
  },
  {
    name: 'nobody-asks',
    what: 'records that were missed are not asked for, whatever the beats say',
    edits: [
      { file: SIM_LOG, find: 'if (beat.seq > view.head.seq) this.#askSoon(via)', replace: '' },
      { file: SIM_LOG, find: "if (code === 'gap') this.#askSoon(via)", replace: '' },
      { file: SIM_NODE, find: 'this.#every(PULL_MS, () => this.#pullOne())', replace: '' }
    ],
    breaks: ['L3'],
    seed: 6
  },
  {
    name: 'end-unheeded',
    what: 'an encoder goes on when its project has ended, whoever says so',
    edits: [
      { file: WORKER, find: 'return endProject(state, event.projectId)', replace: 'return only(state)' },
      {
        file: SESSION,
        find: "    case 'revoke':\n    case 'settled':",
        replace: "    case 'revoke':\n      return undefined\n    case 'settled':"
      }
    ],
    breaks: ['L4'],
    seed: 15
  },
  {
    name: 'other-bytes-taken',
    what: 'in a project of one build a worker with other bytes gets scenes',
    edits: [
      {
        file: BUILDS,
        find: "if (builds === 'same') return 'other-bytes'",
        replace: "if (builds === 'same') return undefined"
      }
    ],
    breaks: ['S1', 'S11', 'S13', 'S16'],
    seed: 62
  },
  {
    name: 'any-header',
    what: 'a worker gets scenes although its stream header is another',
    edits: [{ file: BUILDS, find: 'if (probe.header !== own.header)', replace: 'if (probe.header === own.frames)' }],
    breaks: ['S13', 'S16', 'L1'],
    seed: 12
  },
  {
    name: 'claims-unprobed',
    what: 'a worker claims before it knows what its encoder makes of the probe clip',
    edits: [{ file: WORKER, find: 'if (!candidate.probed || ', replace: 'if (' }],
    breaks: ['S16'],
    seed: 10
  },
  {
    name: 'maker-not-kept',
    what: 'an owner forgets what a scene was granted to and names itself as the maker',
    edits: [{ file: OWNER, find: 'grantOf(scene, token)?.maker ?? ', replace: '' }],
    breaks: ['S13', 'S16'],
    seed: 23
  },
  {
    name: 'lost-to-anyone',
    what: 'a scene that has to come out the same is given to a build that makes it otherwise',
    edits: [{ file: SCHEDULER, find: 'scene.like == null || isAlike(', replace: 'scene.like !== null || isAlike(' }],
    breaks: ['S13', 'S16'],
    seed: 23
  },
  {
    name: 'lost-for-good',
    what: "a scene that is lost while the project joins is nobody's any more",
    edits: [{ file: TROUBLE, find: "phase: 'open', trouble:", replace: 'trouble:' }],
    breaks: ['L1'],
    seed: 161
  },
  {
    name: 'lost-without-its-maker',
    what: 'a scene that is lost while the node runs is given to a build that makes it otherwise',
    edits: [{ file: TROUBLE, find: 'like: like ?? scene.like', replace: 'like: scene.like' }],
    breaks: ['S13'],
    seed: 251
  },
  {
    name: 'waits-for-ever',
    what: 'what has to wait is not tried again by itself',
    edits: [{ file: OWNER, find: 'next.trouble.retryAtMs <= nowMs', replace: 'next.trouble.retryAtMs <= -1' }],
    breaks: ['L1'],
    seed: 16
  },
  {
    name: 'blames-for-its-disk',
    what: 'an owner whose piece is gone counts a failure of whoever asks for it',
    edits: [{ file: SIM_OWNER, find: '!isHeld ||', replace: 'true ||' }],
    breaks: ['L1'],
    seed: 12
  },
  {
    name: 'silence-unnoticed',
    what: 'a worker of which nothing was heard gets the same scene again, beside others',
    edits: [
      {
        file: OWNER,
        find: "if (broken === 'stall' || wasSilent(next, lease)) next",
        replace: "if (broken === 'stall' && wasSilent(next, lease)) next"
      }
    ],
    breaks: ['S17'],
    seed: 12
  },
  {
    name: 'silence-forgiven',
    what: 'a silent worker waits for a while, and may then have the scene of before',
    edits: [
      {
        file: SCHEDULER,
        find: 'if (scene.silent.includes(worker) && others.some(',
        replace: 'if (scene.silent.length > 99 && others.some('
      },
      {
        file: OWNER,
        find: 'Math.min(retryFailedMsMax, pauseMs * 2 ** silences)',
        replace: 'Math.min(1, pauseMs * 2 ** silences)'
      }
    ],
    breaks: ['S17'],
    seed: 12
  },
  {
    name: 'caught-and-kept',
    what: 'a worker that was caught keeps its other receipts',
    edits: [
      {
        file: OWNER,
        find: "    { type: 'distrust', worker, reason }\n  ]",
        replace: '  ].filter(() => reason.length < 99)'
      }
    ],
    breaks: ['S18'],
    seed: 79
  },
  {
    name: 'caught-elsewhere',
    what: 'the receipts go after the worker has heard of it',
    edits: [{ file: SIM_OWNER, find: 'this.withdraw(effect.worker, effect.reason, done)', replace: 'done()' }],
    breaks: ['S18'],
    seed: 79
  },
  {
    name: 'proof-unread',
    what: 'what an encode of the owner gives is not compared with the result',
    edits: [
      {
        file: VERDICT,
        find: "if (expectFact(fact, 'encoded').sha256 === blob.sha256)",
        replace: "if (expectFact(fact, 'encoded').sha256 !== '')"
      }
    ],
    breaks: ['S1', 'S11', 'S16', 'S18'],
    seed: 6
  },
  {
    name: 'help-unread',
    what: 'what a helper of a proof delivers is not compared with the result',
    edits: [{ file: OWNER, find: ' &&\n    second.blob.sha256 === first.blob.sha256', replace: '' }],
    swarm: 'helped proofs',
    breaks: ['S18'],
    seed: 2
  },
  {
    name: 'suspicion-forgotten',
    what: 'a result that looks wrong is proved only where a proof is drawn',
    edits: [
      { file: VERDICT, find: 'if (doubt === undefined && odd === undefined && !isDrawn)', replace: 'if (!isDrawn)' }
    ],
    breaks: ['S1', 'S11', 'S16'],
    seed: 16
  },
  {
    name: 'blamed-for-its-own-proof',
    what: 'a result that was proved right is refused with blame',
    edits: [
      {
        file: VERDICT,
        find: 'provedBy: judge.self })\n',
        replace: "provedBy: judge.self }) && accuse(over, check, 'wrong')\n"
      }
    ],
    breaks: ['S13', 'S18', 'L1'],
    seed: 2
  },
  {
    name: 'strangers-pause',
    what: 'a stranger keeps a scene by a pause',
    edits: [{ file: PAUSES, find: "paused && lease.standing === 'trusted' && ", replace: 'paused && ' }],
    breaks: ['S19'],
    seed: 78
  },
  {
    name: 'anybody-ahead',
    what: 'the owner itself begins scenes while a sleep is announced',
    edits: [{ file: AHEAD, find: ' && id !== state.making.self', replace: '' }],
    breaks: ['S19'],
    seed: 5
  },
  {
    name: 'longer-than-the-sleep',
    what: 'a worker gets scenes ahead that it cannot do before the owner is back',
    edits: [{ file: AHEAD, find: 'ownMs > awayMs || doneMs > bestMs', replace: 'doneMs > 99 * bestMs' }],
    breaks: ['S19'],
    seed: 417
  },
  {
    name: 'leases-end-asleep',
    what: 'a lease that is granted ahead of a sleep ends during it',
    edits: [{ file: AWAY, find: 'Math.max(nowMs, state.away?.untilMs ?? nowMs) : nowMs', replace: 'nowMs : nowMs' }],
    breaks: ['S19'],
    seed: 5
  },
  {
    name: 'unheard-taken',
    what: 'after a sleep others get scenes before their workers could report',
    edits: [{ file: AWAY, find: 'heard: lease.worker === state.making.self && lease.heard', replace: 'heard: true' }],
    breaks: ['S19'],
    seed: 160
  },
  {
    name: 'never-lent',
    what: 'a scene whose worker stands still is lent to nobody',
    edits: [{ file: SCHEDULER, find: ' && !areAllPaused) continue', replace: ') continue' }],
    swarm: 'lent scenes',
    breaks: ['S19'],
    seed: 7
  },
  {
    name: 'kept-for-nothing',
    what: 'after a restart a worker encodes a scene again whose result it kept',
    edits: [
      { file: WORKER, find: "encoded ? 'delivering' : 'fetching'", replace: "'fetching'" },
      { file: WORKER, find: "effects: encoded ? [] : [{ type: 'fetch'", replace: "effects: [{ type: 'fetch'" }
    ],
    swarm: 'kept scenes',
    breaks: ['S19'],
    seed: 1
  },
  {
    name: 'slot-to-the-next-film',
    what: 'a fetched scene of a later film gets the slot that a scene of the first film is asked for',
    edits: [{ file: TURNS, find: 'if (waited.length === 0) return 0', replace: 'if (waited.length < 99) return 0' }],
    breaks: ['S20'],
    seed: 2
  },
  {
    name: 'last-scenes-wait',
    what: 'a worker that fetched a scene of a later film asks for none of the first film',
    edits: [
      {
        file: TURNS,
        find: 'for (const projectId of waits.keys()) if (placeOf(state, projectId) === -1) free.pass(projectId)',
        replace: 'for (const projectId of waits.keys()) free.pass(projectId); waits.clear()'
      }
    ],
    breaks: ['S20'],
    seed: 1
  },
  {
    name: 'tells-anybody',
    what: 'neighbours are told of films for trusted peers, whoever they are',
    edits: [
      { file: POLICY, find: "peer === owner || announce.share === 'all' || may(announce.share)", replace: 'true' }
    ],
    breaks: ['S21'],
    seed: 10
  },
  {
    name: 'gossips-closed',
    what: 'records of films for trusted peers go by gossip',
    edits: [{ file: SIM_LOG, find: "if (view == null || view.announce.share === 'all') {", replace: 'if (true) {' }],
    breaks: ['S21'],
    seed: 10
  }
]

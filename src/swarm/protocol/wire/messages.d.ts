import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface BlobRef {
    sha256: Uint8Array<ArrayBuffer>;
    bytes: number;
}
export declare namespace BlobRef {
    const codec: () => Codec<BlobRef>;
    function encode(obj: Partial<BlobRef>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRef>): BlobRef;
}
export interface LogRecord {
    projectId: string;
    epoch: number;
    seq: number;
    prev: Uint8Array<ArrayBuffer>;
    announce?: Announce;
    scenes?: Scenes;
    planned?: Planned;
    update?: Update;
    accept?: Accept;
    end?: End;
    withdraw?: Withdraw;
}
export declare namespace LogRecord {
    const codec: () => Codec<LogRecord>;
    function encode(obj: Partial<LogRecord>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogRecord>): LogRecord;
}
export interface Announce {
    nonce: Uint8Array<ArrayBuffer>;
    title: string;
    encoder: string;
    encoderParams: string;
    encoderBuild: string;
    width: number;
    height: number;
    pixelFormat: string;
    bitDepth: number;
    fpsNum: number;
    fpsDen: number;
    primaries: string;
    transfer: string;
    matrix: string;
    range: string;
    framesEstimated: number;
    priority: number;
    createdAtMs: number;
    sourceBytes: number;
    encoderName: string;
    builds: string;
    threads: string;
    share: string;
    picture?: Picture;
}
export declare namespace Announce {
    const codec: () => Codec<Announce>;
    function encode(obj: Partial<Announce>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Announce>): Announce;
}
export interface Picture {
    width: number;
    height: number;
    bitDepth: number;
    crop?: Box;
}
export declare namespace Picture {
    const codec: () => Codec<Picture>;
    function encode(obj: Partial<Picture>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Picture>): Picture;
}
export interface Box {
    x: number;
    y: number;
    width: number;
    height: number;
}
export declare namespace Box {
    const codec: () => Codec<Box>;
    function encode(obj: Partial<Box>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Box>): Box;
}
export interface ScenePlan {
    index: number;
    start: number;
    frames: number;
    piece?: BlobRef;
    skip: number;
    inputHash: Uint8Array<ArrayBuffer>;
    encoderParams: string;
}
export declare namespace ScenePlan {
    const codec: () => Codec<ScenePlan>;
    function encode(obj: Partial<ScenePlan>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ScenePlan>): ScenePlan;
}
export interface Scenes {
    scenes: ScenePlan[];
}
export declare namespace Scenes {
    const codec: () => Codec<Scenes>;
    function encode(obj: Partial<Scenes>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Scenes>): Scenes;
}
export interface Planned {
    scenes: number;
    frames: number;
}
export declare namespace Planned {
    const codec: () => Codec<Planned>;
    function encode(obj: Partial<Planned>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Planned>): Planned;
}
export interface Update {
    priority: number;
}
export declare namespace Update {
    const codec: () => Codec<Update>;
    function encode(obj: Partial<Update>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Update>): Update;
}
export interface Accept {
    scene: number;
    result?: BlobRef;
    worker: string;
    epoch: number;
    attempt: number;
    encodeMs: number;
    quantiser?: number;
    maker?: Maker;
    provedBy: string;
}
export declare namespace Accept {
    const codec: () => Codec<Accept>;
    function encode(obj: Partial<Accept>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accept>): Accept;
}
export interface Withdraw {
    worker: string;
    reason: string;
}
export declare namespace Withdraw {
    const codec: () => Codec<Withdraw>;
    function encode(obj: Partial<Withdraw>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Withdraw>): Withdraw;
}
export interface Maker {
    encoderBuild: string;
    probe: Uint8Array<ArrayBuffer>;
}
export declare namespace Maker {
    const codec: () => Codec<Maker>;
    function encode(obj: Partial<Maker>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Maker>): Maker;
}
export interface End {
    state: string;
    reason: string;
    outputSha256: Uint8Array<ArrayBuffer>;
    outputBytes: number;
    endedAtMs: number;
}
export declare namespace End {
    const codec: () => Codec<End>;
    function encode(obj: Partial<End>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<End>): End;
}
export interface LeaseClaim {
    projectId: string;
    owner: string;
    claimId: Uint8Array<ArrayBuffer>;
    encoderBuild: string;
    prefetch: boolean;
    probe?: Probe;
    slots: number;
}
export declare namespace LeaseClaim {
    const codec: () => Codec<LeaseClaim>;
    function encode(obj: Partial<LeaseClaim>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseClaim>): LeaseClaim;
}
export interface Probe {
    frames: Uint8Array<ArrayBuffer>;
    header: Uint8Array<ArrayBuffer>;
}
export declare namespace Probe {
    const codec: () => Codec<Probe>;
    function encode(obj: Partial<Probe>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Probe>): Probe;
}
export interface LeaseGrant {
    claim: Uint8Array<ArrayBuffer>;
    scene: number;
    epoch: number;
    attempt: number;
    ttlMs: number;
    hardMs: number;
    holders: string[];
}
export declare namespace LeaseGrant {
    const codec: () => Codec<LeaseGrant>;
    function encode(obj: Partial<LeaseGrant>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeaseGrant>): LeaseGrant;
}
export interface Token {
    projectId: string;
    scene: number;
    epoch: number;
    attempt: number;
}
export declare namespace Token {
    const codec: () => Codec<Token>;
    function encode(obj: Partial<Token>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Token>): Token;
}
export interface SessionMessage {
    claim: Uint8Array<ArrayBuffer>;
    grant: Uint8Array<ArrayBuffer>;
    noWork?: NoWork;
    wake?: Wake;
    renew?: Renew;
    result?: Result;
    release?: Release;
    revoke?: Revoke;
    settled?: Settled;
    present: Uint8Array<ArrayBuffer>;
    away?: Away;
}
export declare namespace SessionMessage {
    const codec: () => Codec<SessionMessage>;
    function encode(obj: Partial<SessionMessage>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SessionMessage>): SessionMessage;
}
export interface NoWork {
    claimId: Uint8Array<ArrayBuffer>;
    reason: string;
    code: string;
}
export declare namespace NoWork {
    const codec: () => Codec<NoWork>;
    function encode(obj: Partial<NoWork>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NoWork>): NoWork;
}
export interface Wake {
    projectId: string;
}
export declare namespace Wake {
    const codec: () => Codec<Wake>;
    function encode(obj: Partial<Wake>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Wake>): Wake;
}
export interface Renew {
    token?: Token;
    pass: number;
    frames: number;
    paused: boolean;
    fetched: boolean;
}
export declare namespace Renew {
    const codec: () => Codec<Renew>;
    function encode(obj: Partial<Renew>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renew>): Renew;
}
export interface Away {
    projectId: string;
    forMs: number;
}
export declare namespace Away {
    const codec: () => Codec<Away>;
    function encode(obj: Partial<Away>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Away>): Away;
}
export interface Result {
    token?: Token;
    blob?: BlobRef;
    encodeMs: number;
    quantiser?: number;
}
export declare namespace Result {
    const codec: () => Codec<Result>;
    function encode(obj: Partial<Result>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Result>): Result;
}
export interface Release {
    token?: Token;
    kind: string;
    reason: string;
}
export declare namespace Release {
    const codec: () => Codec<Release>;
    function encode(obj: Partial<Release>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Release>): Release;
}
export interface Revoke {
    token?: Token;
    reason: string;
}
export declare namespace Revoke {
    const codec: () => Codec<Revoke>;
    function encode(obj: Partial<Revoke>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Revoke>): Revoke;
}
export interface Settled {
    token?: Token;
    accepted: boolean;
    reason: string;
}
export declare namespace Settled {
    const codec: () => Codec<Settled>;
    function encode(obj: Partial<Settled>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Settled>): Settled;
}
export interface LiveLease {
    scene: number;
    worker: string;
    attempt: number;
    pass: number;
    frames: number;
}
export declare namespace LiveLease {
    const codec: () => Codec<LiveLease>;
    function encode(obj: Partial<LiveLease>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LiveLease>): LiveLease;
}
export interface Beat {
    projectId: string;
    epoch: number;
    beatNo: number;
    state: string;
    sceneStates: Uint8Array<ArrayBuffer>;
    leases: LiveLease[];
    fps: number;
    failures: SceneFailure[];
    seq: number;
    waits?: Waits;
}
export declare namespace Beat {
    const codec: () => Codec<Beat>;
    function encode(obj: Partial<Beat>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Beat>): Beat;
}
export interface Waits {
    code: string;
    detail: string;
}
export declare namespace Waits {
    const codec: () => Codec<Waits>;
    function encode(obj: Partial<Waits>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Waits>): Waits;
}
export interface SceneFailure {
    scene: number;
    attempts: number;
    reason: string;
}
export declare namespace SceneFailure {
    const codec: () => Codec<SceneFailure>;
    function encode(obj: Partial<SceneFailure>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SceneFailure>): SceneFailure;
}
export interface ToldIdle {
    projectId: string;
    code: string;
    detail: string;
}
export declare namespace ToldIdle {
    const codec: () => Codec<ToldIdle>;
    function encode(obj: Partial<ToldIdle>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToldIdle>): ToldIdle;
}
export interface NodeInfo {
    name: string;
    version: string;
    slots: number;
    busy: number;
    encoders: string[];
    health: string;
    paused: boolean;
    idle: ToldIdle[];
    awayMs: number;
}
export declare namespace NodeInfo {
    const codec: () => Codec<NodeInfo>;
    function encode(obj: Partial<NodeInfo>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeInfo>): NodeInfo;
}
export interface BlobRequest {
    sha256: Uint8Array<ArrayBuffer>;
    offset: number;
    probe: boolean;
}
export declare namespace BlobRequest {
    const codec: () => Codec<BlobRequest>;
    function encode(obj: Partial<BlobRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRequest>): BlobRequest;
}
export interface BlobHeader {
    status: string;
    bytes: number;
    chunkHashes: Uint8Array<ArrayBuffer>;
}
export declare namespace BlobHeader {
    const codec: () => Codec<BlobHeader>;
    function encode(obj: Partial<BlobHeader>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobHeader>): BlobHeader;
}
export interface BlobReceipt {
    sha256: Uint8Array<ArrayBuffer>;
}
export declare namespace BlobReceipt {
    const codec: () => Codec<BlobReceipt>;
    function encode(obj: Partial<BlobReceipt>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobReceipt>): BlobReceipt;
}
export interface Head {
    projectId: string;
    epoch: number;
    seq: number;
    frozen: boolean;
    hash: Uint8Array<ArrayBuffer>;
}
export declare namespace Head {
    const codec: () => Codec<Head>;
    function encode(obj: Partial<Head>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Head>): Head;
}
export interface SyncRequest {
    heads: Head[];
    news: boolean;
}
export declare namespace SyncRequest {
    const codec: () => Codec<SyncRequest>;
    function encode(obj: Partial<SyncRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncRequest>): SyncRequest;
}
export interface SyncReply {
    records: Uint8Array<ArrayBuffer>[];
    beats: Uint8Array<ArrayBuffer>[];
    more: boolean;
    titles: ProjectTitle[];
}
export declare namespace SyncReply {
    const codec: () => Codec<SyncReply>;
    function encode(obj: Partial<SyncReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncReply>): SyncReply;
}
export interface ProjectTitle {
    projectId: string;
    title: string;
}
export declare namespace ProjectTitle {
    const codec: () => Codec<ProjectTitle>;
    function encode(obj: Partial<ProjectTitle>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProjectTitle>): ProjectTitle;
}
export interface Command {
    projectId: string;
    owner: string;
    commandId: Uint8Array<ArrayBuffer>;
    kind: string;
    priority: number;
    output: string;
}
export declare namespace Command {
    const codec: () => Codec<Command>;
    function encode(obj: Partial<Command>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Command>): Command;
}
export interface CommandReply {
    commandId: Uint8Array<ArrayBuffer>;
    status: string;
    message: string;
}
export declare namespace CommandReply {
    const codec: () => Codec<CommandReply>;
    function encode(obj: Partial<CommandReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CommandReply>): CommandReply;
}
export interface Invite {
    expiresAtMs: number;
    swarm: Uint8Array<ArrayBuffer>;
    secret: Uint8Array<ArrayBuffer>;
    addresses: Uint8Array<ArrayBuffer>[];
}
export declare namespace Invite {
    const codec: () => Codec<Invite>;
    function encode(obj: Partial<Invite>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite;
}
export interface JoinRequest {
    inviter: string;
    ticket: Uint8Array<ArrayBuffer>;
    ephemeral: Uint8Array<ArrayBuffer>;
    name: string;
    proof: Uint8Array<ArrayBuffer>;
}
export declare namespace JoinRequest {
    const codec: () => Codec<JoinRequest>;
    function encode(obj: Partial<JoinRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): JoinRequest;
}
export interface JoinReply {
    request: Uint8Array<ArrayBuffer>;
    status: string;
    ephemeral: Uint8Array<ArrayBuffer>;
    sealed: Uint8Array<ArrayBuffer>;
}
export declare namespace JoinReply {
    const codec: () => Codec<JoinReply>;
    function encode(obj: Partial<JoinReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinReply>): JoinReply;
}
export interface ReachRequest {
    ports: number[];
}
export declare namespace ReachRequest {
    const codec: () => Codec<ReachRequest>;
    function encode(obj: Partial<ReachRequest>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReachRequest>): ReachRequest;
}
export interface ReachReply {
    status: string;
    ip: string;
    port: number;
}
export declare namespace ReachReply {
    const codec: () => Codec<ReachReply>;
    function encode(obj: Partial<ReachReply>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReachReply>): ReachReply;
}
export interface PunchAddress {
    ip: string;
    port: number;
}
export declare namespace PunchAddress {
    const codec: () => Codec<PunchAddress>;
    function encode(obj: Partial<PunchAddress>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PunchAddress>): PunchAddress;
}
export interface CircuitPeer {
    id: Uint8Array<ArrayBuffer>;
}
export declare namespace CircuitPeer {
    const codec: () => Codec<CircuitPeer>;
    function encode(obj: Partial<CircuitPeer>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CircuitPeer>): CircuitPeer;
}
export interface CircuitReservation {
    expire: number;
    addrs: Uint8Array<ArrayBuffer>[];
}
export declare namespace CircuitReservation {
    const codec: () => Codec<CircuitReservation>;
    function encode(obj: Partial<CircuitReservation>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CircuitReservation>): CircuitReservation;
}
export interface CircuitLimit {
    duration?: number;
    data?: number;
}
export declare namespace CircuitLimit {
    const codec: () => Codec<CircuitLimit>;
    function encode(obj: Partial<CircuitLimit>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CircuitLimit>): CircuitLimit;
}
export interface CircuitHop {
    type?: number;
    peer?: CircuitPeer;
    reservation?: CircuitReservation;
    limit?: CircuitLimit;
    status?: number;
}
export declare namespace CircuitHop {
    const codec: () => Codec<CircuitHop>;
    function encode(obj: Partial<CircuitHop>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CircuitHop>): CircuitHop;
}
export interface CircuitStop {
    type?: number;
    peer?: CircuitPeer;
    limit?: CircuitLimit;
    status?: number;
}
export declare namespace CircuitStop {
    const codec: () => Codec<CircuitStop>;
    function encode(obj: Partial<CircuitStop>): Uint8Array<ArrayBuffer>;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CircuitStop>): CircuitStop;
}

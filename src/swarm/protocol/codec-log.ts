import { assertNever } from '../../common/assert-never.ts'
import {
  blobRef,
  choice,
  counter,
  decoding,
  finite,
  fromHex,
  hash,
  hashOrEmpty,
  integer,
  invalid,
  maker,
  nonce,
  peerId,
  projectId,
  quantiser,
  text,
  toWireBlobRef,
  withOptional,
  word,
  wordOrEmpty
} from './codec-checks.ts'
import { LIMITS } from './limits.ts'
import type { Accept, Announce, Box, End, LogBody, LogRecord, PieceFrameFormat, ScenePlan, Withdraw } from './types.ts'
import * as wire from './wire/messages.js'

/** The payload that the owner signs. */
export function encodeLogRecord(record: LogRecord): Uint8Array {
  return wire.LogRecord.encode({
    projectId: record.projectId,
    epoch: record.epoch,
    seq: record.seq,
    prev: fromHex(record.prev),
    ...encodeBody(record.body)
  })
}

/** @throws ProtocolError `too-large`, `malformed` or `invalid`; chain and signature are checked elsewhere. */
export function decodeLogRecord(payload: Uint8Array): LogRecord {
  const raw = decoding(payload, LIMITS.envelopeBytesMax, (bytes) =>
    wire.LogRecord.decode(bytes, { limits: { scenes: { scenes: LIMITS.scenesPerRecordMax + 1 } } })
  )
  const seq = integer(raw.seq, 0, LIMITS.recordsPerProjectMax, 'seq')
  const body = decodeBody(raw)
  if ((seq === 0) !== (body.type === 'announce')) invalid('only the first record is an announcement')
  if ((seq === 0) !== (raw.prev.byteLength === 0)) invalid('only the first record has no predecessor')
  return {
    projectId: projectId(raw.projectId),
    epoch: counter(raw.epoch, 'epoch'),
    seq,
    prev: hashOrEmpty(raw.prev, 'prev'),
    body
  }
}

function encodeBody(body: LogBody): Partial<wire.LogRecord> {
  switch (body.type) {
    case 'announce':
      return { announce: { ...body.announce, nonce: fromHex(body.announce.nonce) } }
    case 'scenes':
      return {
        scenes: {
          scenes: body.scenes.map((plan) => ({
            ...plan,
            piece: toWireBlobRef(plan.piece),
            inputHash: fromHex(plan.inputHash)
          }))
        }
      }
    case 'planned':
      return { planned: { scenes: body.scenes, frames: body.frames } }
    case 'update':
      return { update: { priority: body.priority } }
    case 'accept':
      return { accept: encodeAccept(body.accept) }
    case 'withdraw':
      return { withdraw: body.withdraw }
    case 'end':
      return { end: { ...body.end, outputSha256: fromHex(body.end.outputSha256) } }
    default:
      return assertNever(body)
  }
}

function encodeAccept({ maker: by, provedBy = '', ...accept }: Accept): wire.Accept {
  const message = withOptional({ ...accept, provedBy, result: toWireBlobRef(accept.result) }, 'quantiser')
  return by === undefined ? message : { ...message, maker: { encoderBuild: by.build, probe: fromHex(by.probe) } }
}

function decodeBody(raw: wire.LogRecord): LogBody {
  const bodies: LogBody[] = []
  if (raw.announce != null) bodies.push({ type: 'announce', announce: decodeAnnounce(raw.announce) })
  if (raw.scenes != null) bodies.push({ type: 'scenes', scenes: decodeScenes(raw.scenes) })
  if (raw.planned != null) {
    bodies.push({
      type: 'planned',
      scenes: integer(raw.planned.scenes, 1, LIMITS.scenesMax, 'scenes'),
      frames: integer(raw.planned.frames, 1, LIMITS.framesMax, 'frames')
    })
  }
  if (raw.update != null) bodies.push({ type: 'update', priority: finite(raw.update.priority, 'priority') })
  if (raw.accept != null) bodies.push({ type: 'accept', accept: decodeAccept(raw.accept) })
  if (raw.withdraw != null) bodies.push({ type: 'withdraw', withdraw: decodeWithdraw(raw.withdraw) })
  if (raw.end != null) bodies.push({ type: 'end', end: decodeEnd(raw.end) })
  const [body] = bodies
  return body != null && bodies.length === 1 ? body : invalid(`a record has one body; this has ${bodies.length}`)
}

function decodeAnnounce(raw: wire.Announce): Announce {
  return {
    nonce: nonce(raw.nonce, 'nonce'),
    title: text(raw.title, LIMITS.titleCharsMax, 'title'),
    encoder: word(raw.encoder, 'encoder'),
    encoderName: word(raw.encoderName, 'encoder name'),
    encoderParams: text(raw.encoderParams, LIMITS.paramsCharsMax, 'encoder parameters'),
    encoderBuild: word(raw.encoderBuild, 'encoder build'),
    // Announcements from before this choice existed do not name one.
    builds: raw.builds === '' ? 'same' : choice(raw.builds, ['same', 'compatible'], 'builds'),
    threads: raw.threads === '' ? 'any' : choice(raw.threads, ['any', 'one'], 'threads'),
    share: raw.share === '' ? 'all' : choice(raw.share, ['all', 'trusted'], 'share'),
    width: integer(raw.width, 1, LIMITS.sidePixelsMax, 'width'),
    height: integer(raw.height, 1, LIMITS.sidePixelsMax, 'height'),
    pixelFormat: word(raw.pixelFormat, 'pixel format'),
    bitDepth: integer(raw.bitDepth, 8, 16, 'bit depth'),
    fpsNum: integer(raw.fpsNum, 1, 0xffffffff, 'frame rate'),
    fpsDen: integer(raw.fpsDen, 1, 0xffffffff, 'frame rate'),
    primaries: wordOrEmpty(raw.primaries, 'primaries'),
    transfer: wordOrEmpty(raw.transfer, 'transfer'),
    matrix: wordOrEmpty(raw.matrix, 'matrix'),
    range: wordOrEmpty(raw.range, 'range'),
    framesEstimated: integer(raw.framesEstimated, 0, LIMITS.framesMax, 'frames'),
    priority: finite(raw.priority, 'priority'),
    createdAtMs: counter(raw.createdAtMs, 'time'),
    sourceBytes: counter(raw.sourceBytes, 'source length'),
    ...(raw.picture == null ? {} : { picture: decodePicture(raw.picture) })
  }
}

/** Whether it leads to what is announced, `parseSpec` checks. */
function decodePicture({ width, height, bitDepth, crop }: wire.Picture): PieceFrameFormat {
  const side = (value: number, name: string): number => integer(value, 1, LIMITS.sidePixelsMax, name)
  return {
    width: side(width, 'width of the frames'),
    height: side(height, 'height of the frames'),
    bitDepth: integer(bitDepth, 8, 16, 'bit depth of the frames'),
    ...(crop == null ? {} : { crop: decodeBox(crop) })
  }
}

function decodeBox({ x, y, width, height }: wire.Box): Box {
  return {
    x: integer(x, 0, LIMITS.sidePixelsMax, 'crop'),
    y: integer(y, 0, LIMITS.sidePixelsMax, 'crop'),
    width: integer(width, 1, LIMITS.sidePixelsMax, 'crop'),
    height: integer(height, 1, LIMITS.sidePixelsMax, 'crop')
  }
}

function decodeScenes(raw: wire.Scenes): ScenePlan[] {
  integer(raw.scenes.length, 1, LIMITS.scenesPerRecordMax, 'number of scenes')
  return raw.scenes.map((plan) => ({
    index: integer(plan.index, 0, LIMITS.scenesMax - 1, 'scene'),
    start: integer(plan.start, 0, LIMITS.framesMax, 'start'),
    frames: integer(plan.frames, 1, LIMITS.framesMax, 'frames'),
    piece: blobRef(plan.piece, 'piece'),
    skip: integer(plan.skip, 0, LIMITS.framesMax, 'skip'),
    inputHash: hash(plan.inputHash, 'input hash'),
    encoderParams: text(plan.encoderParams, LIMITS.paramsCharsMax, 'encoder parameters of a scene')
  }))
}

function decodeAccept(raw: wire.Accept): Accept {
  return {
    scene: integer(raw.scene, 0, LIMITS.scenesMax - 1, 'scene'),
    result: blobRef(raw.result, 'result'),
    worker: peerId(raw.worker, 'worker'),
    epoch: counter(raw.epoch, 'epoch'),
    attempt: counter(raw.attempt, 'attempt'),
    encodeMs: counter(raw.encodeMs, 'duration'),
    quantiser: quantiser(raw.quantiser),
    maker: maker(raw.maker),
    provedBy: raw.provedBy === '' ? undefined : peerId(raw.provedBy, 'prover')
  }
}

function decodeWithdraw(raw: wire.Withdraw): Withdraw {
  return { worker: peerId(raw.worker, 'worker'), reason: text(raw.reason, LIMITS.reasonCharsMax, 'reason') }
}

function decodeEnd(raw: wire.End): End {
  return {
    state: choice(raw.state, ['completed', 'failed', 'cancelled', 'removed'], 'state'),
    reason: text(raw.reason, LIMITS.reasonCharsMax, 'reason'),
    outputSha256: hashOrEmpty(raw.outputSha256, 'output'),
    outputBytes: counter(raw.outputBytes, 'output length'),
    endedAtMs: counter(raw.endedAtMs, 'time')
  }
}

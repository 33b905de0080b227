import { bytes, duration, filmTime, whole } from '../../format.ts'
import { nameOf } from '../../people.ts'
import { Params } from '../../ui/params.tsx'
import { sceneUrl } from '../thumbs.ts'
import { acceptance } from './acceptance.ts'
import type { ProjectStatus, SceneDetail } from '../../../../src/api/schemas/index.ts'

/** What is known of a scene, line by line. */
export function Facts({
  detail,
  project,
  fps
}: {
  readonly detail: SceneDetail
  readonly project: ProjectStatus
  readonly fps: number
}) {
  const { scene, start, frames, sha256, quantiser, encodeSeconds } = detail
  const done = detail.state === 'done'
  return (
    <>
      <dl class="scene-lines">
        <dt>Frames</dt>
        <dd>
          {whole(frames)} from {whole(start)}
          {fps > 0 && ` (${(frames / fps).toFixed(2)} s at ${filmTime(start / fps)})`}
        </dd>
        {detail.worker != null && (
          <>
            <dt>{done ? 'Encoded by' : 'Worker'}</dt>
            <dd>
              {nameOf(detail.worker)}
              {encodeSeconds != null && ` in ${duration(encodeSeconds)}`}
              {encodeSeconds != null && frames > 0 && ` (${(encodeSeconds / frames).toFixed(3)} s per frame)`}
            </dd>
          </>
        )}
        {done && (
          <>
            <dt>Confirmed by</dt>
            <dd>{acceptance(detail, nameOf(project.owner))}</dd>
            <dt>Size</dt>
            <dd>
              {bytes(detail.bytes)}
              {detail.kbps != null && ` at ${whole(detail.kbps)} kbit/s`}
              {detail.here ? ', stored on this node' : ', stored on another node'}
            </dd>
          </>
        )}
        <dt>Parameters</dt>
        <dd>
          <Params text={detail.encoderParams === '' ? project.encoderParams : detail.encoderParams} />
          {detail.encoderParams !== '' && <span class="sub"> (for this scene only)</span>}
        </dd>
        {quantiser != null && (
          <>
            <dt>Quantiser</dt>
            <dd>{quantiser}, chosen by its worker to reach the target quality</dd>
          </>
        )}
        {sha256 != null && (
          <>
            <dt>SHA-256</dt>
            <dd>
              <code>{sha256}</code>
            </dd>
          </>
        )}
        <dt>Input</dt>
        <dd>
          <code>{detail.inputHash}</code>
          {detail.pieceBytes > 0 && <span class="sub"> source piece of {bytes(detail.pieceBytes)}</span>}
        </dd>
      </dl>
      {done && (
        <p class="links">
          Download:{' '}
          {(['webm', 'mp4', 'ivf'] as const).map((form) => (
            <a key={form} href={sceneUrl(project.projectId, scene, form)} download>
              .{form}
            </a>
          ))}
        </p>
      )}
    </>
  )
}

import { useEffect, useRef } from 'preact/hooks'
import { bytes, duration, fps, plural, whole } from '../format.ts'
import { BarsPart } from './bars-part.tsx'
import { Warnings } from '../projects/warnings.tsx'
import type { DryRun } from '../../../src/api/schemas/index.ts'

const SCENES_MAX = 200

function Source({ source }: { readonly source: NonNullable<DryRun['source']> }) {
  const { video, streams } = source
  return (
    <dl class="facts">
      <div>
        <dt>Source</dt>
        <dd>
          {source.title}, {source.container}, {bytes(source.bytes)}
        </dd>
      </div>
      <div>
        <dt>Video</dt>
        <dd>
          {video.codec}, {video.width} × {video.height}, {fps(video.fpsNum / video.fpsDen)}, {video.bitDepth} bit,{' '}
          {duration(video.durationSeconds)}
          {video.fieldOrder != null && ', interlaced'}
        </dd>
      </div>
      {streams.length === 0 && (
        <div>
          <dt>Streams</dt>
          <dd>only the video</dd>
        </div>
      )}
    </dl>
  )
}

function Picture({ picture }: { readonly picture: NonNullable<DryRun['picture']> }) {
  const { width, height, bitDepth, crop } = picture
  return (
    <>
      {crop !== null && `the part ${crop.width}:${crop.height}:${crop.x}:${crop.y} in `}
      {width} × {height}, {bitDepth} bit
    </>
  )
}

type Stream = NonNullable<DryRun['source']>['streams'][number]

function fate({ becomes, kbps }: Stream): string {
  if (becomes === 'drop') return 'left out'
  return becomes === 'copy' ? 'copied' : `Opus, ${whole(kbps ?? 0)} kbit/s`
}

/** What becomes of each stream besides the video. */
function Streams({ streams }: { readonly streams: readonly Stream[] }) {
  const isPlanned = streams.every(({ becomes }) => becomes !== null)
  return (
    <div class="scroll-x">
      <table class="tracks" aria-label="Streams besides the video">
        <thead>
          <tr>
            <th>Track</th>
            <th>Language</th>
            <th>Codec</th>
            <th>Title</th>
            {isPlanned && <th>In the result</th>}
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <tr key={stream.index}>
              <td>
                {stream.type} {stream.number}
              </td>
              <td>{stream.language}</td>
              <td>
                {stream.codec}
                {(stream.channels ?? 0) > 0 && `, ${plural(stream.channels ?? 0, 'channel')}`}
              </td>
              <td>{stream.title}</td>
              {isPlanned && <td>{fate(stream)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Estimated({ estimate }: { readonly estimate: NonNullable<DryRun['estimate']> }) {
  const { encodeSeconds, slots, scenes } = estimate
  const by = Math.max(1, slots)
  return (
    <p>
      It would take {duration(encodeSeconds.low / by)} to {duration(encodeSeconds.high / by)} with the{' '}
      {slots === 1 ? 'one slot' : plural(slots, 'slot')} available, estimated from {plural(scenes, 'scene')} that{' '}
      {scenes === 1 ? 'was' : 'were'} encoded this way before.
    </p>
  )
}

function Scenes({ scenes }: { readonly scenes: NonNullable<DryRun['scenes']> }) {
  const { items, complete } = scenes
  return (
    <details>
      <summary>
        {plural(items.length, 'scene')}
        {complete ? '' : ' so far; the analysis ran out of time'}
      </summary>
      <ol class="scene-list" tabIndex={0} aria-label="Scenes">
        {items.slice(0, SCENES_MAX).map(({ scene, start, frames, encoderParams }) => (
          <li key={scene}>
            from frame {whole(start)}, {plural(frames, 'frame')}
            {encoderParams !== '' && <code> {encoderParams}</code>}
          </li>
        ))}
      </ol>
      {items.length > SCENES_MAX && <p class="sub">and {whole(items.length - SCENES_MAX)} more</p>}
    </details>
  )
}

/** What a submission would become. */
export function DryRunPart({ result }: { readonly result: DryRun }) {
  const { accepted, refusal, source, picture, encoder, output, frames, warnings, bars, scenes, estimate } = result
  const section = useRef<HTMLElement>(null)
  useEffect(() => section.current?.scrollIntoView({ block: 'nearest' }), [result])
  return (
    <section ref={section} class="dry-run" aria-label="What the dry run found">
      <p role="status">
        {accepted ? (
          <strong>The node would accept this submission.</strong>
        ) : (
          <span class="reason">
            The node would refuse this submission: {refusal?.detail ?? 'the node gave no reason.'}
          </span>
        )}
      </p>
      {source != null && <Source source={source} />}
      {source != null && source.streams.length > 0 && <Streams streams={source.streams} />}
      {accepted && (
        <p>
          {frames != null && plural(frames, 'frame')}
          {picture != null && (
            <>
              {' '}
              of <Picture picture={picture} />
            </>
          )}
          {encoder != null && ` with ${encoder.build}`}
          {output != null && (
            <>
              {' '}
              into <code>{output}</code>
            </>
          )}
        </p>
      )}
      {bars != null && source != null && (
        <BarsPart bars={bars} width={source.video.width} height={source.video.height} />
      )}
      <Warnings warnings={warnings} />
      {estimate != null && <Estimated estimate={estimate} />}
      {scenes != null && <Scenes scenes={scenes} />}
    </section>
  )
}

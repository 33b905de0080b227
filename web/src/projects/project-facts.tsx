import { base } from '../api.ts'
import { bytes, clock, duration, plural } from '../format.ts'
import { nameOf } from '../people.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Params } from '../ui/params.tsx'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** The folder of a file of the node, whatever its system. */
const folderOf = (path: string): string => path.replace(/[/\\][^/\\]*$/, '') || '/'

function File({ project: { projectId, title, outputPath, outputSha256, outputBytes } }: { project: ProjectStatus }) {
  return (
    <>
      {outputPath != null && (
        <div>
          <dt>File</dt>
          <dd>
            <code>{outputPath}</code> <CopyButton text={folderOf(outputPath)} what="the path of its folder" />
          </dd>
        </div>
      )}
      {outputSha256 != null && (
        <div>
          <dt>SHA-256</dt>
          <dd>
            <code>{outputSha256}</code> <CopyButton text={outputSha256} what="the SHA-256" />
          </dd>
        </div>
      )}
      <div>
        <dt>Download</dt>
        <dd>
          <a href={new URL(`completed/${encodeURIComponent(projectId)}`, base).href} download>
            {title}
            {outputBytes != null && `, ${bytes(outputBytes)}`}
          </a>
        </dd>
      </div>
    </>
  )
}

/** What a project is and where it stands, in figures. */
export function ProjectFacts({ project }: { readonly project: ProjectStatus }) {
  const { projectId, state, scenes, endedAtMs } = project
  return (
    <dl class="facts">
      <div>
        <dt>Encoder</dt>
        <dd>
          {project.encoder} <span class="sub">{project.encoderBuild}</span>
        </dd>
      </div>
      {project.builds === 'compatible' && (
        <div>
          <dt>Builds</dt>
          <dd>
            Other versions of the encoder take part, so the file differs from the one that a single machine would
            produce.
            {project.madeBy.map(({ build, scenes }) => (
              <span class="sub" key={build}>
                {' '}
                {build}: {plural(scenes, 'scene')}.
              </span>
            ))}
          </dd>
        </div>
      )}
      <div>
        <dt>Parameters</dt>
        <dd>
          <Params text={project.encoderParams} />
        </dd>
      </div>
      <div>
        <dt>Picture</dt>
        <dd>
          {project.width === 0
            ? 'not analysed yet'
            : `${project.width} × ${project.height}, ${(project.fpsNum / project.fpsDen).toFixed(3)} fps`}
        </dd>
      </div>
      <div>
        <dt>Scenes</dt>
        <dd>
          {scenes.done} of {scenes.total}
          {project.planned ? '' : ' found so far'} done, {scenes.running} in progress, {scenes.failed} failed
        </dd>
      </div>
      {project.kbps != null && (
        <div>
          <dt>Average bitrate</dt>
          <dd>{Math.round(project.kbps)} kbit/s</dd>
        </div>
      )}
      <div>
        <dt>Owner</dt>
        <dd>{nameOf(project.owner)}</dd>
      </div>
      <div>
        <dt>Added</dt>
        <dd>
          {clock(project.createdAtMs)}
          {endedAtMs != null &&
            `, ended ${clock(endedAtMs)} after ${duration((endedAtMs - project.createdAtMs) / 1000)}`}
        </dd>
      </div>
      <div>
        <dt>Id</dt>
        <dd>
          <code>{projectId}</code>
        </dd>
      </div>
      {state === 'completed' && <File project={project} />}
    </dl>
  )
}

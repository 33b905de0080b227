import { z } from 'zod'
import { addProjectBody, modifyProjectBody } from '../bodies.ts'
import { refused } from '../schemas/index.ts'
import type { RouteConfig } from '@hono/zod-openapi'

const tags = ['Documented calls']
const project = z.object({ id: z.string() })

const documentedScene = z
  .object({ filesize: z.int(), frames: z.int(), encoder_params: z.string() })
  .meta({ id: 'DocumentedScene' })

const documentedProject = z
  .looseObject({
    projectid: z.string(),
    input: z.string(),
    frames: z.int(),
    total_frames: z.int(),
    fps: z.number(),
    jobs: z.int(),
    total_jobs: z.int(),
    status: z.string(),
    encoder: z.string(),
    encoder_params: z.string(),
    scenes: z.record(z.string(), documentedScene),
    priority: z.number(),
    workers: z.array(z.string())
  })
  .meta({ id: 'DocumentedProject' })

const versions = z.record(z.string(), z.string())
const done = z.object({ success: z.literal(true) })
const added = done.extend({ projectid: z.string().optional(), projectids: z.array(z.string()) })

const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: { 'application/json': { schema } } }
})
const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } }
})
/** Some clients send the token here. */
const withPassword = { password: z.string().optional() }

/** The calls that are older than `/api/v2`, whose routes describe themselves only here. */
export const documentedPaths: readonly RouteConfig[] = [
  {
    method: 'get',
    path: '/api/get_projects',
    tags,
    summary: 'All projects',
    request: { query: z.object({ scenes: z.enum(['0', '1']).optional() }) },
    responses: json('By priority, then age; `scenes=0` leaves the scenes out', z.array(documentedProject))
  },
  {
    method: 'get',
    path: '/api/get_project/{id}',
    tags,
    summary: 'One project',
    request: { params: project },
    responses: json('The project', z.union([documentedProject, refused]))
  },
  {
    method: 'post',
    path: '/api/add_project',
    tags,
    summary: 'Submit films; each becomes a project',
    request: { body: body(addProjectBody.extend(withPassword)) },
    responses: json('Their ids, or why none was accepted', z.union([added, refused]))
  },
  ...(['/api/modify_project/{id}', '/api/modify/{id}'] as const).map((path) => ({
    method: 'post' as const,
    path,
    tags,
    summary: 'Change the priority; lower is sooner',
    request: { params: project, body: body(modifyProjectBody.extend(withPassword)) },
    responses: json('Whether it was done', z.union([done, refused]))
  })),
  {
    method: 'post',
    path: '/api/delete_project/{id}',
    tags,
    summary: 'Cancel a project and remove it from every list; the source and the finished file stay',
    request: { params: project },
    responses: json('Whether it was done', z.union([done, refused]))
  },
  {
    method: 'get',
    path: '/scene/{id}/{scene}',
    tags,
    summary: 'A finished scene: `1` or `00001.webm`, `00001.mp4`, `00001.ivf`',
    request: { params: z.object({ id: z.string(), scene: z.string() }) },
    responses: {
      200: { description: 'Its bytes, or a range of them', content: { 'video/webm': {}, 'video/mp4': {} } }
    }
  },
  {
    method: 'get',
    path: '/completed/{id}',
    tags,
    summary: 'The finished file, from any node',
    request: { params: project },
    responses: {
      200: { description: 'Its bytes, or a range of them', content: { 'video/x-matroska': {}, 'video/mp4': {} } }
    }
  },
  {
    method: 'get',
    path: '/completed/{id}/manifest',
    tags,
    summary: 'The manifest of the finished file, from the node that owns the project',
    request: { params: project },
    responses: { 200: { description: 'As it lies beside the file', content: { 'application/json': {} } } }
  },
  {
    method: 'get',
    path: '/api/get_info',
    tags,
    summary: 'About this node',
    responses: json(
      'Encoders with their versions, and whether the caller gave the token',
      z.object({
        encoders: versions,
        actions: z.array(z.string()),
        protocols: z.array(z.string()),
        logs: z.array(z.string()),
        password: z.boolean()
      })
    )
  },
  {
    method: 'get',
    path: '/api/get_home',
    tags,
    summary: 'Figures of this node',
    responses: json(
      'Projects, scenes left, and speed',
      z.object({
        versions,
        projects: z.int(),
        jobs: z.int(),
        'frames per hour': z.object({ since: z.int(), frames: z.int() })
      })
    )
  },
  {
    method: 'get',
    path: '/api/list_directory',
    tags,
    summary: 'Folders and video files below the media folders; folders end in a slash',
    request: { query: z.object({ path: z.string().optional() }) },
    responses: json('Their names', z.union([z.array(z.string()), refused]))
  }
]

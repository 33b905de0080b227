import { z } from 'zod'
import { optionFields, submitRequest, type SubmitRequest } from './schemas/index.ts'
import { snakeName, submitOption, submitOptionNames } from './submit/options.ts'

/** A number, or a numeric string as some clients send it. */
const number = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number)
])

const documented = submitOptionNames.filter((name) => submitOption(name).documented === true)

const isNumber = (name: (typeof documented)[number]): boolean => ['number', 'whole'].includes(submitOption(name).kind)

/** Options in snake case, as the original wrote them. */
const options: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  documented.map((name) => [snakeName(name), isNumber(name) ? number.optional() : optionFields[name]])
)

/** Body of the documented `/api/add_project`. */
export const addProjectBody = z.object({
  input: z.union([
    z
      .string()
      .min(1)
      .transform((one) => [one]),
    z.array(z.string().min(1)).min(1).max(100)
  ]),
  encoder: z.string().min(1),
  ...options
})

/** The submissions that such a body asks for, one for each input. */
export function requestsOf(body: z.infer<typeof addProjectBody>): SubmitRequest[] {
  const { input, encoder } = body
  const given: Readonly<Record<string, unknown>> = body
  const named = documented.map((name) => [name, given[snakeName(name)]] as const)
  const shared = Object.fromEntries(named.filter(([, value]) => value !== undefined))
  // Its clients name each file themselves, and know no way out of a refusal.
  return input.map((path) => submitRequest.parse({ input: path, encoder, encodeResults: true, ...shared }))
}

export const modifyProjectBody = z.object({ priority: z.unknown().optional() })

/** The first thing wrong with a body, as a sentence. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue == null) return 'The request is not valid.'
  const field = issue.path.join('.')
  return field === '' ? issue.message : `${field}: ${issue.message}`
}

/** The field that it is in; undefined where the body itself is wrong. */
export function firstField(error: z.ZodError): string | undefined {
  const [issue] = error.issues
  const name = issue?.path[0] ?? (issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined)
  return name === undefined ? undefined : String(name)
}

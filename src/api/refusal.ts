/** A request was refused; `message` is for the user. Codes are API. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal'
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 503
  /** The field of the request that it is about; undefined where it is about the whole request, or about no part of it. */
  readonly field: string | undefined

  constructor(
    code: string,
    status: ApiRefusal['status'],
    message: string,
    { field, ...options }: ErrorOptions & { readonly field?: string | undefined } = {}
  ) {
    super(message, options)
    this.code = code
    this.status = status
    this.field = field
  }
}

export const unknownProject = (): ApiRefusal => new ApiRefusal('unknown-project', 404, 'Project does not exist.')

/** A refusal as the library wants it thrown; `body` is shown to people. */
export class UploadRefusal extends Error {
  readonly status_code: number
  readonly body: string

  constructor(status: number, sentence: string) {
    super(sentence)
    this.name = 'UploadRefusal'
    this.status_code = status
    this.body = `${sentence}\n`
  }
}

/** A text that a submission takes for its `input`. */
export const inputOf = (id: string): string => `upload:${id}`

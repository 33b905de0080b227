/** Whether an answer to a question that ends in `[y/N]` is a clear yes. */
export const saysYes = (answer: string): boolean => /^\s*y(es)?\s*$/i.test(answer)

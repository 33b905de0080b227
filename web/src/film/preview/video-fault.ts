/** Why a video does not play, as a sentence: the node's own where it refused the bytes. */
export async function videoFault(url: string, error: MediaError | null, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, { headers: { range: 'bytes=0-0' }, signal }).catch(() => undefined)
  signal.throwIfAborted()
  if (answer == null) return 'The node does not answer. Try again when it is back.'
  if (!answer.ok) {
    const body = (await answer.json().catch(() => ({}))) as { reason?: unknown; detail?: unknown }
    const reason = [body.reason, body.detail].find((text) => typeof text === 'string')
    return reason ?? `The node answered ${answer.status}.`
  }
  await answer.body?.cancel()
  if (error?.code === MediaError.MEDIA_ERR_NETWORK)
    return 'The connection broke while the scene was loading. Try again.'
  if (error?.code === MediaError.MEDIA_ERR_DECODE)
    return 'This browser cannot decode the scene. Try another browser, or open the file below in a player.'
  return 'This browser cannot play this kind of video. Try another browser, or open the file below in a player.'
}

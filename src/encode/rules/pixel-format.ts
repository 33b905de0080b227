import type { VideoFormat } from './types.ts'

/** Layout of a planar YUV format: 4:2:0, 4:2:2 or 4:4:4, and bits per sample. */
export interface PixelLayout {
  readonly chroma: '420' | '422' | '444'
  readonly bitDepth: 8 | 10 | 12
}

/** The layout of ffmpeg's format `name`, if it is one that y4m carries to the encoders as it is; `yuvj` formats are the full-range twins. */
export function pixelLayout(name: string): PixelLayout | undefined {
  const match = /^yuvj?(420|422|444)p(?:(10|12)le)?$/.exec(name)
  const chroma = match?.[1]
  if (chroma !== '420' && chroma !== '422' && chroma !== '444') return undefined
  const depth = Number(match?.[2] ?? 8)
  if (depth === 10 || depth === 12) return name.startsWith('yuvj') ? undefined : { chroma, bitDepth: depth }
  return { chroma, bitDepth: 8 }
}

/** The same sampling at another depth: what an encode of such pictures decodes to. */
export function atBitDepth(name: string, bitDepth: number): string {
  return `yuv${pixelLayout(name)?.chroma ?? '420'}p${bitDepth > 8 ? `${bitDepth}le` : ''}`
}

/** The nearest format that y4m carries, for any of ffmpeg's formats: chroma and depth are kept where they can be and rounded up where not. */
export function nearestPixelFormat(name: string): string {
  if (pixelLayout(name) !== undefined) return name.replace('yuvj', 'yuv')
  const chroma = /4(22|44)|rgb|bgr|gbr|pal8|y21\d/.exec(name)
  const sampling = chroma === null ? '420' : /422|y21/.test(chroma[0]) ? '422' : '444'
  const eight =
    /^(nv(12|16|21|24|42)|yuv4(10|11|40)p|yuvj4(11|40)p|yuva4\d\dp|yuyv422|uyvy422|yvyu422|gray|pal8|(rgb|bgr)(4|8|24|4_byte|(444|555|565)(le|be))|0?(rgb|bgr)0?|gbrap?|argb|abgr|rgba|bgra|monow|monob|ya8|uyyvyy411)$/
  const digits = /(9|10|12|14|16)(le|be)?$|(48|64)(le|be)$|0(10|12|16)(le|be)?$/.exec(name)
  if (eight.test(name) || digits === null) return `yuv${sampling}p`
  const depth = Number(digits[1] ?? digits[5] ?? 12)
  return `yuv${sampling}p${depth <= 10 ? 10 : 12}le`
}

/** Bytes of one decoded frame, planes without padding. */
export function frameBytes(video: Pick<VideoFormat, 'width' | 'height' | 'pixelFormat'>): number {
  const layout = pixelLayout(video.pixelFormat)
  if (layout === undefined) throw new RangeError(`y4m does not carry ${video.pixelFormat}`)
  const chromaWidth = layout.chroma === '444' ? video.width : Math.ceil(video.width / 2)
  const chromaHeight = layout.chroma === '420' ? Math.ceil(video.height / 2) : video.height
  return (video.width * video.height + 2 * chromaWidth * chromaHeight) * (layout.bitDepth > 8 ? 2 : 1)
}

/** Codecs whose standard fixes every decoded bit. Pieces of others (MPEG-4 ASP, VC-1, ...) would decode differently on other builds, so they travel losslessly re-encoded. */
export const EXACT_CODECS: ReadonlySet<string> = new Set(
  'h264 hevc av1 vp8 vp9 theora vp3 mpeg1video mpeg2video ffv1 huffyuv ffvhuff utvideo rawvideo png'.split(' ')
)

/** Decoders of ffmpeg that are called otherwise than their codec. */
const OTHER_NAMES = 'libdav1d libaom-av1 libgav1 libvpx libvpx-vp9 mpegvideo'.split(' ')

/** All that a source piece may be decoded with: pieces come from other machines, and ffmpeg has about 200 decoders that no piece needs. */
export const PIECE_DECODERS: string = [...EXACT_CODECS, ...OTHER_NAMES].join(',')

/** The same for encoded scenes. */
export const SCENE_DECODERS = 'av1,libdav1d,libaom-av1,libgav1,vp9,libvpx-vp9'

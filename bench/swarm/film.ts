import { execa } from 'execa'

/** Even, so that progress is a whole number of frames. */
export const SCENE_FRAMES = 8
const SIDE = 64

/** A tiny film whose scenes all have the same length and no two the same frames. */
export async function makeFilm(path: string, scenes: number): Promise<void> {
  const source = `testsrc2=s=${SIDE}x${SIDE}:r=25,noise=alls=20:allf=t,trim=end_frame=${scenes * SCENE_FRAMES}`
  const keys = ['-g', String(SCENE_FRAMES), '-keyint_min', String(SCENE_FRAMES), '-sc_threshold', '0', '-bf', '0']
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
  await execa('ffmpeg', ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', source, ...video, ...keys, path])
}

import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { seeded } from './random.ts'
import { ALBUMS, CAMERAS } from './sample-albums.ts'
import { type Treatment, takePhoto } from './sample-photo.ts'
import { SCENES, type SceneName } from './scenes.ts'

/** How many files the samples are, the broken one and the one that is no image among them. */
export const SAMPLE_COUNT = 48

interface Sample {
  readonly file: string
  readonly make: () => Promise<Buffer>
}

/**
 * Makes the sample photos in a folder, once: a folder that is there is left as it is. Killed half-way it leaves
 * nothing under the folder's name. The same files, byte for byte, each time.
 */
export async function ensureSamples(folder: string, onProgress: (done: number, total: number) => void): Promise<void> {
  if (await exists(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(`${folder}-`)
  try {
    const samples = plan()
    let done = 0
    await eachInLanes(samples, async ({ file, make }) => {
      const path = join(temporary, file)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, await make())
      onProgress(++done, samples.length)
    })
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    // Another start may have made them meanwhile: they are the same.
    if (!(await exists(folder))) throw error
  }
}

function plan(): readonly Sample[] {
  const originals = ALBUMS.flatMap((album) => album.photos.map((photo) => ({ album, photo })))
  const samples: Sample[] = originals.map(({ album, photo }) => ({
    file: `${album.name}/${photo.file}`,
    make: () => takePhoto({ ...photo, camera: album.camera, place: album.place }, photo.treatment ?? {}),
  }))
  for (const copy of COPIES) {
    const original = originals.find(({ album, photo }) => `${album.name}/${photo.file}` === copy.of)
    if (!original) throw new Error(`the sample ${copy.of} that ${copy.file} copies is not in the plan`)
    const { album, photo } = original
    const shot = { ...photo, camera: album.camera, place: album.place }
    samples.push({ file: copy.file, make: () => takePhoto(shot, copy.treatment) })
  }
  samples.push({
    file: '2025 City/IMG_2024.jpg',
    make: async () => {
      const whole = await takePhoto({ ...CITY, camera: CAMERAS.pixel, place: null }, {})
      return whole.subarray(0, Math.floor(whole.length * 0.4))
    },
  })
  samples.push({
    file: 'Shared/notes.jpg',
    make: async () => Buffer.from('Pick up the prints on Friday.\nThis is text, whatever its name says.\n'),
  })
  return samples
}

const CITY = { scene: 'city', seed: 990, width: 1600, height: 1067, taken: '2025:03:09 21:40:00' } as const

/** Near-duplicates as they come about: sent by a messenger, edited, cropped, saved twice. */
const COPIES: readonly { of: string; file: string; treatment: Treatment }[] = [
  {
    of: '2023 Coast/IMG_0412.jpg',
    file: 'Shared/IMG-20230611-WA0003.jpg',
    treatment: { quality: 45, longest: 1024, isBare: true },
  },
  {
    of: '2023 Coast/IMG_0417.jpg',
    file: '2023 Coast/IMG_0417 (bright).jpg',
    treatment: { brightness: 1.18, quality: 74 },
  },
  { of: '2023 Desert/DSCF2101.jpg', file: '2023 Desert/DSCF2101-crop.jpg', treatment: { crop: 0.02 } },
  { of: '2024 North/DSC_3305.jpg', file: 'Shared/DSC_3305 copy.jpg', treatment: { quality: 78 } },
  {
    of: '2024 North/DSC_3305.jpg',
    file: 'Shared/aurora-small.webp',
    treatment: { format: 'webp', longest: 800, isBare: true },
  },
  { of: '2024 Home/IMG_7730.jpg', file: '2024 Home/IMG_7730_edited.jpg', treatment: { brightness: 1.1, quality: 70 } },
]

/**
 * Makes `count` small photos fast, for tests and benches: EXIF of several cameras, no two files the same (pictures of
 * one kind may look alike, as in any folder); every `brokenEvery`-th (0: none) is cut short. The same seed gives the
 * same files. Answers their names.
 */
export async function makePhotos(
  folder: string,
  count: number,
  options: { seed?: number; brokenEvery?: number; width?: number } = {},
): Promise<readonly string[]> {
  const { seed = 1, brokenEvery = 0, width = 480 } = options
  await mkdir(folder, { recursive: true })
  const names = Object.keys(SCENES).filter(isQuick)
  const cameras = Object.values(CAMERAS)
  const files = Array.from({ length: count }, (_, index) => `photo-${String(index + 1).padStart(5, '0')}.jpg`)
  await eachInLanes([...files.keys()], async (index) => {
    const random = seeded(seed * 100_003 + index)
    const day = new Date(Date.UTC(2024, 0, 1) + index * 3_600_000 * 5)
    const content = await takePhoto(
      {
        scene: names[index % names.length] ?? 'dunes',
        seed: random.whole(1, 2 ** 31),
        width,
        height: Math.round(width * 0.667),
        taken: day.toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' '),
        camera: cameras[index % cameras.length] ?? null,
        place: null,
      },
      { quality: 72 },
    )
    const isBroken = brokenEvery > 0 && (index + 1) % brokenEvery === 0
    await writeFile(join(folder, files[index] ?? ''), isBroken ? content.subarray(0, content.length >> 1) : content)
  })
  return files
}

/** A few at a time: enough to keep the cores busy while others write, few enough to hold in memory. */
async function eachInLanes<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values()
  const lane = async (): Promise<void> => {
    for (const one of rest) await work(one)
  }
  await Promise.all([lane(), lane(), lane()])
}

/** The scenes of thousands of windows or stars take three times as long to draw. */
function isQuick(name: string): name is SceneName {
  return name in SCENES && name !== 'city' && name !== 'aurora'
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

import type { Place, SampleCamera, Shooting, Treatment } from './sample-photo.ts'

/** A folder of the samples: one journey with one camera. */
export interface Album {
  readonly name: string
  readonly camera: SampleCamera | null
  readonly place: Place | null
  readonly photos: readonly AlbumPhoto[]
}

export type AlbumPhoto = Omit<Shooting, 'camera' | 'place'> & { readonly file: string; readonly treatment?: Treatment }

export const CAMERAS = {
  canon: { make: 'Canon', model: 'Canon EOS R6', lens: 'RF24-105mm F4 L IS USM', aperture: 4, focalLength: 35 },
  fujifilm: { make: 'FUJIFILM', model: 'X-T5', lens: 'XF16-55mmF2.8 R LM WR', aperture: 5.6, focalLength: 23 },
  nikon: {
    make: 'NIKON CORPORATION',
    model: 'NIKON Z 6_2',
    lens: 'NIKKOR Z 20mm f/1.8 S',
    aperture: 1.8,
    focalLength: 20,
  },
  iphone: {
    make: 'Apple',
    model: 'iPhone 15 Pro',
    lens: 'iPhone 15 Pro back camera 6.765mm f/1.78',
    aperture: 1.8,
    focalLength: 6.8,
  },
  pixel: {
    make: 'Google',
    model: 'Pixel 8',
    lens: 'Pixel 8 back camera 6.9mm f/1.68',
    aperture: 1.7,
    focalLength: 6.9,
  },
} as const satisfies Record<string, SampleCamera>

const WIDE = { width: 1440, height: 960 }
const LARGE = { width: 2400, height: 1600 }
const FOUR_THIRDS = { width: 1440, height: 1080 }
const TALL = { width: 960, height: 1280 }

/** The 40 pictures; copies and the two bad files come on top. */
export const ALBUMS: readonly Album[] = [
  {
    name: '2023 Coast',
    camera: CAMERAS.canon,
    place: { latitude: 48.39, longitude: -4.76, altitude: 4 },
    photos: [
      { file: 'IMG_0412.jpg', scene: 'sea', seed: 11, taken: '2023:06:11 21:14:08', ...LARGE },
      { file: 'IMG_0413.jpg', scene: 'jetty', seed: 12, taken: '2023:06:11 21:31:40', ...WIDE },
      { file: 'IMG_0414.jpg', scene: 'sea', seed: 23, taken: '2023:06:12 06:02:51', ...WIDE },
      { file: 'IMG_0415.jpg', scene: 'sea', seed: 37, taken: '2023:06:12 06:03:30', ...WIDE, treatment: { blur: 9 } },
      {
        file: 'IMG_0416.jpg',
        scene: 'jetty',
        seed: 15,
        taken: '2023:06:12 11:20:02',
        ...TALL,
        treatment: { isTurned: true },
      },
      { file: 'IMG_0417.jpg', scene: 'lake', seed: 16, taken: '2023:06:13 08:44:19', ...WIDE },
      { file: 'IMG_0418.jpg', scene: 'meadow', seed: 17, taken: '2023:06:13 15:09:55', ...WIDE },
      { file: 'IMG_0419.jpg', scene: 'lake', seed: 28, taken: '2023:06:14 20:50:12', ...LARGE },
    ],
  },
  {
    name: '2023 Desert',
    camera: CAMERAS.fujifilm,
    place: { latitude: 31.1, longitude: -3.97, altitude: 740 },
    photos: [
      { file: 'DSCF2101.jpg', scene: 'dunes', seed: 21, taken: '2023:10:02 07:12:44', ...WIDE },
      { file: 'DSCF2102.jpg', scene: 'dunes', seed: 32, taken: '2023:10:02 07:40:10', ...LARGE },
      { file: 'DSCF2103.jpg', scene: 'mountains', seed: 23, taken: '2023:10:02 18:55:31', ...WIDE },
      {
        file: 'DSCF2104.jpg',
        scene: 'dunes',
        seed: 54,
        taken: '2023:10:03 07:01:09',
        ...TALL,
        treatment: { isTurned: true },
      },
      { file: 'DSCF2105.jpg', scene: 'mountains', seed: 25, taken: '2023:10:03 17:48:20', ...WIDE },
      {
        file: 'DSCF2106.jpg',
        scene: 'dunes',
        seed: 76,
        taken: '2023:10:04 16:31:00',
        ...WIDE,
        treatment: { blur: 12 },
      },
      { file: 'DSCF2107.jpg', scene: 'mountains', seed: 27, taken: '2023:10:05 19:03:47', ...WIDE },
    ],
  },
  {
    name: '2024 North',
    camera: CAMERAS.nikon,
    place: { latitude: 68.2, longitude: 14.57, altitude: 22 },
    photos: [
      { file: 'DSC_3301.jpg', scene: 'forest', seed: 31, taken: '2024:02:17 13:20:15', ...WIDE },
      {
        file: 'DSC_3302.jpg',
        scene: 'forest',
        seed: 42,
        taken: '2024:02:17 13:58:39',
        ...TALL,
        treatment: { isTurned: true },
      },
      { file: 'DSC_3303.jpg', scene: 'mountains', seed: 33, taken: '2024:02:18 10:11:02', ...LARGE },
      { file: 'DSC_3304.jpg', scene: 'aurora', seed: 34, taken: '2024:02:18 22:40:28', ...WIDE },
      { file: 'DSC_3305.jpg', scene: 'aurora', seed: 45, taken: '2024:02:18 22:52:07', ...WIDE },
      {
        file: 'DSC_3306.jpg',
        scene: 'aurora',
        seed: 56,
        taken: '2024:02:18 23:10:50',
        ...WIDE,
        treatment: { blur: 10 },
      },
      { file: 'DSC_3307.jpg', scene: 'lake', seed: 37, taken: '2024:02:19 09:33:18', ...WIDE },
      { file: 'DSC_3308.jpg', scene: 'forest', seed: 68, taken: '2024:02:19 14:07:44', ...WIDE },
      { file: 'DSC_3309.jpg', scene: 'mountains', seed: 39, taken: '2024:02:20 11:45:06', ...WIDE },
    ],
  },
  {
    name: '2024 Home',
    camera: CAMERAS.iphone,
    place: null,
    photos: [
      { file: 'IMG_7730.jpg', scene: 'window', seed: 41, taken: '2024:07:05 09:02:33', ...FOUR_THIRDS },
      { file: 'IMG_7731.jpg', scene: 'fruits', seed: 42, taken: '2024:07:05 09:10:12', ...FOUR_THIRDS },
      { file: 'IMG_7732.jpg', scene: 'fruits', seed: 53, taken: '2024:07:05 12:44:51', ...FOUR_THIRDS },
      {
        file: 'IMG_7733.jpg',
        scene: 'window',
        seed: 64,
        taken: '2024:07:06 08:30:09',
        ...FOUR_THIRDS,
        treatment: { blur: 8 },
      },
      {
        file: 'IMG_7734.jpg',
        scene: 'meadow',
        seed: 45,
        taken: '2024:07:06 16:21:40',
        ...TALL,
        treatment: { isTurned: true },
      },
      { file: 'IMG_7735.jpg', scene: 'window', seed: 75, taken: '2024:08:11 10:15:00', ...FOUR_THIRDS },
    ],
  },
  {
    name: '2025 City',
    camera: CAMERAS.pixel,
    place: { latitude: 45.764, longitude: 4.8357, altitude: 170 },
    photos: [
      { file: 'PXL_20250308_201502.jpg', scene: 'city', seed: 51, taken: '2025:03:08 20:15:02', ...FOUR_THIRDS },
      { file: 'PXL_20250308_203144.jpg', scene: 'city', seed: 62, taken: '2025:03:08 20:31:44', ...FOUR_THIRDS },
      { file: 'PXL_20250309_190110.jpg', scene: 'jetty', seed: 53, taken: '2025:03:09 19:01:10', ...FOUR_THIRDS },
      {
        file: 'PXL_20250309_213555.jpg',
        scene: 'city',
        seed: 74,
        taken: '2025:03:09 21:35:55',
        ...TALL,
        treatment: { isTurned: true },
      },
      { file: 'PXL_20250310_123020.jpg', scene: 'fruits', seed: 85, taken: '2025:03:10 12:30:20', ...FOUR_THIRDS },
    ],
  },
  {
    name: 'Scans',
    camera: null,
    place: null,
    photos: [
      {
        file: 'scan-001.png',
        scene: 'meadow',
        seed: 66,
        taken: '',
        width: 900,
        height: 640,
        treatment: { format: 'png' },
      },
      {
        file: 'scan-002.tif',
        scene: 'sea',
        seed: 67,
        taken: '',
        width: 900,
        height: 640,
        treatment: { format: 'tiff' },
      },
      {
        file: 'scan-003.webp',
        scene: 'mountains',
        seed: 68,
        taken: '',
        width: 1200,
        height: 800,
        treatment: { format: 'webp' },
      },
      {
        file: 'scan-004.png',
        scene: 'fruits',
        seed: 69,
        taken: '',
        width: 900,
        height: 640,
        treatment: { format: 'png' },
      },
      {
        file: 'scan-005.webp',
        scene: 'jetty',
        seed: 70,
        taken: '',
        width: 1200,
        height: 800,
        treatment: { format: 'webp' },
      },
    ],
  },
]

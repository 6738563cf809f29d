import { crc32, deflateSync } from 'node:zlib';

/** `rgb`: three bytes a pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A PNG (W3C PNG, third edition) of at most 256 colours: a third of the size of one with all of them. */
export function palettePng({ width, height, rgb }: Picture): Buffer {
  const { palette, indexOf } = choosePalette(rgb);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0, at = 0; y < height; y += 1) {
    // Each row begins with the number of its filter; 0 is none, the best for a palette (§12.7).
    for (let x = 1; x <= width; x += 1, at += 3) rows[y * (width + 1) + x] = indexOf.get(colourAt(rgb, at)) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, of colour type 3: indexes into a palette.
  header.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [...channels(colour)]))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([around.subarray(0, 4), typed, around.subarray(4)]);
}

const colourAt = (rgb: Uint8Array, at: number) =>
  ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0);
const channels = (colour: number) => [colour >> 16, (colour >> 8) & 255, colour & 255] as const;

type Channel = 0 | 1 | 2;
interface Box {
  readonly colours: readonly number[];
  readonly channel: Channel;
  /** How far the colours are apart, by how much of the picture they are. */
  readonly weight: number;
}

/** Median cut: the box of colours that matters most is halved until there are 256. Heckbert 1982. */
function choosePalette(rgb: Uint8Array): { palette: readonly number[]; indexOf: ReadonlyMap<number, number> } {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = colourAt(rgb, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const boxes = [boxOf([...counts.keys()], counts)];
  while (boxes.length < Math.min(256, counts.size)) {
    const widest = boxes.reduce((best, box) => (box.weight > best.weight ? box : best));
    const { channel } = widest;
    const sorted = widest.colours.toSorted((a, b) => channels(a)[channel] - channels(b)[channel]);
    const middle = Math.ceil(sorted.length / 2);
    const halves = [sorted.slice(0, middle), sorted.slice(middle)].map((colours) => boxOf(colours, counts));
    boxes.splice(boxes.indexOf(widest), 1, ...halves);
  }
  return {
    palette: boxes.map(({ colours }) => averageOf(colours, counts)),
    indexOf: new Map(boxes.flatMap(({ colours }, index) => colours.map((colour) => [colour, index] as const))),
  };
}

function boxOf(colours: readonly number[], counts: ReadonlyMap<number, number>): Box {
  const spans = ([0, 1, 2] as const).map((channel) => {
    const values = colours.map((colour) => channels(colour)[channel]);
    const [low, high] = values.reduce(([min, max], value) => [Math.min(min, value), Math.max(max, value)], [255, 0]);
    return { channel, span: Math.max(0, high - low) };
  });
  const { channel, span } = spans.reduce((best, one) => (one.span > best.span ? one : best));
  const pixels = colours.reduce((sum, colour) => sum + (counts.get(colour) ?? 0), 0);
  return { colours, channel, weight: colours.length < 2 ? 0 : span * span * Math.sqrt(pixels) };
}

function averageOf(colours: readonly number[], counts: ReadonlyMap<number, number>): number {
  const sums = [0, 0, 0];
  let pixels = 0;
  for (const colour of colours) {
    const count = counts.get(colour) ?? 0;
    pixels += count;
    channels(colour).forEach((value, channel) => {
      sums[channel] = (sums[channel] ?? 0) + value * count;
    });
  }
  return sums.reduce((colour, sum) => (colour << 8) | Math.round(sum / pixels), 0);
}

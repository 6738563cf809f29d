import { encode } from 'uqr';

/** ISO/IEC 18004 §6.3.8: four modules of light around the symbol. */
const quietZone = 4;

/** A QR symbol as one SVG path in a square of `size`, the quiet zone included: needs neither inline styles nor data URLs. */
export function qrPath(text: string): { readonly size: number; readonly path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone });
  const path: string[] = [];
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (row[x] !== true) continue;
      const start = x;
      while (row[x + 1] === true) x += 1;
      path.push(`M${start} ${y}h${x - start + 1}v1H${start}z`);
    }
  });
  return { size, path: path.join('') };
}

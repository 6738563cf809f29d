import type { Page } from 'playwright-core';
import { palettePng } from './palette-png.ts';

/** The same picture, a PNG, in fewer colours. `page`: any page of a browser; it decodes. */
export async function reduceColours(page: Page, png: Buffer): Promise<Buffer> {
  const decoded = await page.evaluate<{ width: number; height: number; rgba: string }>(`(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return { width, height, rgba: btoa(text) };
  })()`);
  const rgba = Buffer.from(decoded.rgba, 'base64');
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) rgb.set(rgba.subarray(from, from + 3), to);
  return palettePng({ width: decoded.width, height: decoded.height, rgb });
}

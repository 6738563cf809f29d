/** WCAG 2.2 SC 1.4.3, level AA, for text. */
export const leastContrast = 4.5;

/** The colour for text on `accent` (`#rrggbb`): white where that reaches 4.5 : 1, else black, which then does. */
export function accentInkOn(accent: string): '#ffffff' | '#000000' {
  return contrast(accent, '#ffffff') >= leastContrast ? '#ffffff' : '#000000';
}

/** 1 to 21. WCAG 2.2, "contrast ratio". */
export function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '`': '&#x60;',
  '=': '&#x3D;',
};

/** As templates do it: safe in text and in attributes, quoted or not. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"'`=]/g, (character) => entities[character] ?? '');

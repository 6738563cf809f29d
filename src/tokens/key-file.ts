const lengths = [16, 24, 32];

/** The pre-shared key in a file: as hex, as base64, or as its very bytes. Undefined when it holds none. */
export function readKey(content: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(content).toString('latin1').trim();
  const hex = text.replaceAll(/[\s:-]/g, '');
  const found = [
    ...(/^([0-9a-f]{2})+$/i.test(hex) ? [Buffer.from(hex, 'hex')] : []),
    ...(/^[A-Za-z0-9+/]+={0,2}$/.test(text) ? [Buffer.from(text, 'base64')] : []),
    content,
  ];
  return found.find((key) => lengths.includes(key.length));
}

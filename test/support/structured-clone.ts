/**
 * Jest runs a test in a realm of its own, but lends it the `structuredClone` of the realm outside, whose objects are
 * no instances of the test's `Object`: oidc-provider takes them for no plain objects. Plain data is cloned in here.
 */
const native = globalThis.structuredClone;

globalThis.structuredClone = <T>(value: T, options?: Parameters<typeof native>[1]): T =>
  options === undefined && isPlainData(value) ? (clone(value) as T) : native(value, options);

function isPlainData(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlainData);
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlainData);
}

function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clone(part)]));
}

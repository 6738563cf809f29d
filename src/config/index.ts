/**
 * Every setting: name, default, bounds, unit, why, in one table (`entries.ts`); the reader; the sealing keys.
 * Promises that a configuration it returns is whole and fit for its mode. The only room that knows the environment.
 */
export { type Config, type Entry, entries } from './entries.ts';
export { developmentKeyId, hasKeyring, loadKeyring, newKeyLine } from './keys.ts';
export { isLoopbackHost } from './loopback.ts';
export { type ConfigResult, type MemorySettings, readConfig, readEnvironment, readMemorySettings } from './read.ts';
export { configurationReference } from './reference.ts';

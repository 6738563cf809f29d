/**
 * Where documents live. Promises what `port.ts` says, on every engine. Must not know what documents mean.
 */
export * from './port.ts';

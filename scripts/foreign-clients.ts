/**
 * Clients that others wrote, which sign in to a running Gatehouse in test/foreign/. Where a machine lacks what one
 * needs, its test is left out, and a line says so; with `CI` set none is, and a missing one fails.
 */
import { modAuthOpenidc } from './foreign-apache.ts';
import { authlib } from './foreign-authlib.ts';

interface ForeignClient {
  readonly needs: string;
  isHere(): boolean;
}

const byTest: Readonly<Record<string, ForeignClient>> = {
  'test/foreign/authlib.test.ts': authlib,
  'test/foreign/mod-auth-openidc.test.ts': modAuthOpenidc,
};

/** Test files of the clients that cannot run here, relative to the project. */
export function foreignTestsLeftOut(): readonly string[] {
  if (process.env['CI'] !== undefined) return [];
  const missing = Object.entries(byTest).filter(([, client]) => !client.isHere());
  for (const [file, { needs }] of missing)
    console.warn(`${file} is left out: there is no ${needs.replace(/^an? /, '')}`);
  return missing.map(([file]) => file);
}

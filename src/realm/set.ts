import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { auditEvent } from '../audit/index.ts';
import { Duplicate, type OutboxItem } from '../store/index.ts';
import type { ApplyParts } from './apply.ts';
import type { Settings, StoredPortal, StoredRealm } from './collections.ts';
import { describeIssues, type SettingFault } from './describe-issue.ts';
import { besideSettings, changeTime, portalOf, realmOf, settingsOfPortal, settingsOfRealm } from './documents.ts';
import { portalSettingsShape, realmSettingsShape } from './file-shape.ts';
import type { Foretold } from './foretell.ts';
import { judgePortalSettings, judgeRealmSettings } from './judge.ts';
import type { Actor, SetReport } from './realm.ts';
import { flatten, unflatten } from './settings.ts';

export interface SetParts extends ApplyParts {
  readonly factorKinds: readonly string[] | undefined;
}

/** In UTF-16 units: lists of addresses and keys are longer than the audit log keeps. */
const longestShown = 500;

/** Names of settings, nothing that means something to JavaScript. */
const settingPath = /^[A-Za-z]+(\.[A-Za-z]+){0,3}$/;

/** Rules whose parts mean nothing alone: set, and taken away, whole. */
const inOnePiece = /^(portals\..+\.)?policy\.(budget|externalAuthentication|grace|lostPhone)$/;

/** See `RealmAdmin.set`. */
export function setSetting(
  parts: SetParts,
  realm: string,
  path: string,
  value: unknown,
  actor: Actor,
): Promise<SetReport> {
  const { clientId, wanted } = wantedOf(path, value);
  if (!Object.keys(wanted).every((name) => settingPath.test(name))) {
    return Promise.resolve({ ok: false, why: 'refused', faults: [`there is no setting "${path}"`] });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !inOnePiece.test(path)) {
    return Promise.resolve({ ok: false, why: 'refused', faults: [`${path}: set one setting of it at a time`] });
  }
  return clientId === undefined
    ? setOfRealm(parts, realm, wanted, actor)
    : setOfPortal(parts, realm, clientId, wanted, actor);
}

/** `path` as in the realm file. */
export function wantedOf(path: string, value: unknown): Omit<WantedChange, 'realm'> {
  const [, clientId, ofPortal] = /^portals\.(.+?)\.((?:policy\.|jwks\.)?[^.]+)$/.exec(path) ?? [];
  return { clientId, wanted: { [ofPortal ?? path]: value } };
}

/** Rules by their paths. */
export const asSettings = (rules: Readonly<Record<string, unknown>>): Wanted =>
  Object.fromEntries(Object.entries(rules).map(([rule, value]) => [`policy.${rule}`, value]));

/** See `RealmAdmin.setRules`. */
export function setRules(
  parts: SetParts,
  { realm, clientId }: { readonly realm: string; readonly clientId?: string | undefined },
  rules: Readonly<Record<string, unknown>>,
  actor: Actor,
): Promise<SetReport> {
  const wanted = asSettings(rules);
  return clientId === undefined
    ? setOfRealm(parts, realm, wanted, actor)
    : setOfPortal(parts, realm, clientId, wanted, actor);
}

/** What such a change would leave; undefined where it is not taken anyhow. */
export async function foretellChange(
  { realms, portals, factorKinds }: SetParts,
  { realm: id, clientId, wanted }: WantedChange,
): Promise<Foretold | undefined> {
  const realm = await realms.get(id);
  if (realm === undefined) return undefined;
  if (clientId === undefined) {
    const judged = judge(realmSettingsShape, settingsOfRealm(realm), wanted, (settings) =>
      judgeRealmSettings(settings, factorKinds),
    );
    if ('faults' in judged) return undefined;
    return { policy: realmOf(judged.settings).policy, portals: [], organizations: [] };
  }
  const portal = await portals.get(`${id}/${clientId}`);
  if (portal === undefined || portal.removedAt !== undefined) return undefined;
  const context = { factorKinds, resources: realm.resources ?? [] };
  const judged = judge(portalSettingsShape, settingsOfPortal(portal, false), wanted, (settings) =>
    judgePortalSettings(settings, context),
  );
  if ('faults' in judged) return undefined;
  const { policy, enabled } = portalOf(judged.settings);
  return { policy: realm.policy, portals: [{ ...portal, policy, enabled }], organizations: [] };
}

/** Without the portal, for whoever is subscribed to it; undefined: it binds nobody. */
export async function foretellWithout({ realms, portals }: SetParts, id: string, clientId: string) {
  const [realm, portal] = await Promise.all([realms.get(id), portals.get(`${id}/${clientId}`)]);
  if (realm === undefined || portal === undefined || Object.keys(portal.policy).length === 0) return undefined;
  return { policy: realm.policy, portals: [{ ...portal, enabled: false }], organizations: [] };
}

/** With a new one: people may be subscribed to an earlier one of its name. Undefined: it binds nobody. */
export async function foretellWith({ realms, clock }: SetParts, id: string, input: Readonly<Record<string, unknown>>) {
  const { clientId, ...rest } = input;
  const parsed = portalSettingsShape.safeParse(rest);
  const realm = await realms.get(id);
  if (realm === undefined || !parsed.success || Object.keys(parsed.data.policy).length === 0) return undefined;
  const at = clock.now();
  const known = {
    id: `${id}/${String(clientId)}`,
    realm: id,
    clientId: String(clientId),
    createdAt: at,
    changedAt: at,
  };
  const portal = { ...known, ...portalOf(flatten(parsed.data)) };
  return { policy: realm.policy, portals: [portal], organizations: [] };
}

/** By path; null and undefined take a setting away. */
type Wanted = Readonly<Record<string, unknown>>;

/** Settings of the realm, or of one portal. */
export interface WantedChange {
  readonly realm: string;
  readonly clientId: string | undefined;
  readonly wanted: Wanted;
}

async function setOfRealm({ realms, clock, factorKinds }: SetParts, id: string, wanted: Wanted, actor: Actor) {
  let judged: Judged = { faults: [] };
  let isChanged = false;
  try {
    const updated = await realms.update(id, (before) => {
      const now = settingsOfRealm(before);
      judged = judge(realmSettingsShape, now, wanted, (settings) => judgeRealmSettings(settings, factorKinds));
      if ('faults' in judged) return undefined;
      // A mark that is taken away is the first letter of the name again.
      const mark = judged.settings['branding.mark'] ?? [...String(judged.settings['name'])][0]?.toUpperCase();
      const settings = { ...judged.settings, 'branding.mark': mark };
      isChanged = !isDeepStrictEqual(now, settings);
      if (!isChanged) return before;
      const at = changeTime(clock.now(), before.changedAt);
      const told = changed(at, { realm: id }, actor, wanted, [now, settings]);
      const kept = besideSettings(before, realmSettingsShape) as StoredRealm;
      return { ...kept, ...realmOf(settings), changedAt: at, outbox: [...(before.outbox ?? []), ...told] };
    });
    return report(updated, judged, isChanged, 'no_realm');
  } catch (error) {
    if (!(error instanceof Duplicate)) throw error;
    return { ok: false, why: 'refused', faults: ['origin: another realm has this origin'] } as const;
  }
}

async function setOfPortal(
  { realms, portals, clock, factorKinds }: SetParts,
  realm: string,
  clientId: string,
  wanted: Wanted,
  actor: Actor,
) {
  let judged: Judged = { faults: [] };
  let isChanged = false;
  const resources = (await realms.get(realm))?.resources ?? [];
  const context = { factorKinds, resources };
  const updated = await portals.update(`${realm}/${clientId}`, (before) => {
    if (before.removedAt !== undefined) {
      judged = { settings: {} };
      return undefined;
    }
    const now = settingsOfPortal(before, false);
    judged = judge(portalSettingsShape, now, wanted, (settings) => judgePortalSettings(settings, context));
    if ('faults' in judged) return undefined;
    const { settings } = judged;
    isChanged = !isDeepStrictEqual(now, settings);
    if (!isChanged) return before;
    const at = changeTime(clock.now(), before.changedAt);
    const told = changed(at, { realm, portal: clientId }, actor, wanted, [now, settings]);
    const kept = besideSettings(before, portalSettingsShape) as StoredPortal;
    return { ...kept, ...portalOf(settings), changedAt: at, outbox: [...(before.outbox ?? []), ...told] };
  });
  return report(updated, judged, isChanged, 'no_portal');
}

type Judged = { readonly settings: Settings } | { readonly faults: readonly SettingFault[] };

function judge<T extends object>(
  shape: z.ZodType<T>,
  now: Settings,
  wanted: Wanted,
  whole: (settings: T) => readonly SettingFault[],
): Judged {
  const paths = Object.keys(wanted);
  const isOfIt = (name: string) =>
    paths.some((path) => name === path || (inOnePiece.test(path) && name.startsWith(`${path}.`)));
  const others = Object.entries(now).filter(([name]) => !isOfIt(name));
  const given = Object.entries(wanted).filter(([, value]) => value !== null && value !== undefined);
  const mine = flatten(unflatten(Object.fromEntries(given)));
  const candidate = unflatten({ ...Object.fromEntries(others), ...mine });
  const parsed = shape.safeParse(candidate);
  if (!parsed.success) return { faults: describeIssues(parsed.error, shape, candidate) };
  const faults = whole(parsed.data);
  return faults.length > 0 ? { faults } : { settings: flatten(parsed.data) };
}

function report(
  updated: { readonly ok: true } | { readonly ok: false; readonly why: 'absent' | 'refused' },
  judged: Judged,
  isChanged: boolean,
  absent: 'no_realm' | 'no_portal',
): SetReport {
  if (updated.ok) return { ok: true, changed: isChanged };
  if (updated.why === 'absent' || !('faults' in judged)) return { ok: false, why: absent, faults: [] };
  return {
    ok: false,
    why: 'refused',
    faults: judged.faults.map((fault) => `${fault.path.map(String).join('.')}: ${fault.message}`),
  };
}

function changed(
  at: Date,
  about: { readonly realm: string; readonly portal?: string },
  actor: Actor,
  wanted: Wanted,
  [before, after]: readonly [Settings, Settings],
): readonly OutboxItem[] {
  const shown = (settings: Settings, path: string) => {
    const text = JSON.stringify(partAt(settings, path) ?? null);
    return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
  };
  const type = about.portal === undefined ? 'realm.changed' : 'portal.changed';
  return Object.keys(wanted)
    .map((path) => ({ path, from: shown(before, path), to: shown(after, path) }))
    .filter(({ from, to }, _, all) => from !== to || all.length === 1)
    .map((details) => auditEvent(at, { type, ...about, actor, details }));
}

/** One setting, or all that lie under the path. */
function partAt(settings: Settings, path: string): unknown {
  const within = Object.entries(settings).filter(([name]) => name.startsWith(`${path}.`));
  if (within.length === 0) return settings[path];
  return unflatten(Object.fromEntries(within.map(([name, value]) => [name.slice(path.length + 1), value])));
}

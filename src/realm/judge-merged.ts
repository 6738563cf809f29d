import { mergeFile } from './apply.ts';
import { describeIssues, type SettingFault } from './describe-issue.ts';
import { settingsOfFile, settingsOfPortal, settingsOfPortalInFile, settingsOfRealm } from './documents.ts';
import { portalSettingsShape, type RealmInFile } from './file-shape.ts';
import { judgePortalSettings } from './judge.ts';
import type { Resource } from './realm.ts';
import type { SetParts } from './set.ts';
import { unflatten } from './settings.ts';

/**
 * Faults of portals as they would be in force: a file and what was changed since may each be in order and not go
 * together. Asked before anything is applied.
 */
export async function judgeMerged(
  { realms, portals, factorKinds }: SetParts,
  file: RealmInFile,
  force: boolean,
): Promise<readonly SettingFault[]> {
  const realm = await realms.get(file.realm);
  if (realm === undefined) return [];
  const merged = mergeFile(realm.applied, settingsOfRealm(realm), settingsOfFile(file), force);
  const resources = (merged.settings['resources'] ?? []) as readonly Resource[];
  const faults = await Promise.all(
    file.portals.map(async (portal, index) => {
      const stored = await portals.get(`${file.realm}/${portal.clientId}`);
      if (stored === undefined || stored.removedAt !== undefined) return [];
      const mine = settingsOfPortalInFile(portal);
      const { secret: _secret, ...settings } = mergeFile(
        stored.applied,
        settingsOfPortal(stored, false),
        mine,
        force,
      ).settings;
      const candidate = unflatten(settings);
      const parsed = portalSettingsShape.safeParse(candidate);
      const found = parsed.success
        ? judgePortalSettings(parsed.data, { factorKinds, resources })
        : describeIssues(parsed.error, portalSettingsShape, candidate);
      return found.map(({ path, message }) => ({
        path: ['portals', index, ...path],
        message: `${message}; the file does not go with what was changed since (--force takes the file’s)`,
      }));
    }),
  );
  return faults.flat();
}

import type { Fault } from './chain-check.ts';
import type { AuditEntry } from './record.ts';

/** One entry on one line of a terminal: nothing in it can move the cursor or start a new line. */
export function entryLine({ seq, at, type, actor, erased, details, realm: _realm, ...rest }: AuditEntry): string {
  const parts = Object.entries({ ...rest, ...details }).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const who = actor.id === undefined ? actor.kind : `${actor.kind} ${actor.id}`;
  const gone = erased === undefined ? [] : [`(erased: ${erased.join(', ')})`];
  return plain([String(seq).padStart(6), at.toISOString(), type, `by ${who}`, ...parts, ...gone].join('  '));
}

const meanings: Readonly<Record<Fault['why'], string>> = {
  changed: 'is not as it was written',
  removed: 'does not follow: records before it are missing',
  relinked: 'does not follow the one before',
  broken: 'was written behind an end that somebody had changed',
  cut_off: 'is known to have been there, and the log ends before it',
  head: 'the beginning or the end of the log is not as we left it',
  checkpoint: 'a checkpoint says otherwise, or is none of ours',
};

export function faultLine({ why, seq }: Fault): string {
  return `record ${seq}: ${meanings[why]}`;
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}

/** What was looked at. */
export type Check =
  | 'configuration'
  | 'files'
  | 'keys'
  | 'database'
  | 'clock'
  | 'memory'
  | 'mail'
  | 'phone'
  | 'methods'
  | 'proxies'
  | 'realms'
  | 'address';

/** `note`: nothing to do, or it could not be looked at. `warning`: it works, and should be better. `fault`: it does not. */
export interface Finding {
  readonly check: Check;
  readonly level: 'ok' | 'note' | 'warning' | 'fault';
  readonly says: string;
  readonly todo?: string;
}

export const ok = (check: Check, says: string): Finding => ({ check, level: 'ok', says });
export const note = (check: Check, says: string): Finding => ({ check, level: 'note', says });
export const warning = (check: Check, says: string, todo: string): Finding => ({
  check,
  level: 'warning',
  says,
  todo,
});
export const fault = (check: Check, says: string, todo: string): Finding => ({ check, level: 'fault', says, todo });

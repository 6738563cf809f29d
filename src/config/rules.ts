import type { Config } from './entries.ts';
import { keyFileFaults } from './keys.ts';
import { isLoopbackHost } from './loopback.ts';

/** What a mode asks of the settings together, each fault saying what to do. */
export function modeFaults(config: Config, given: ReadonlySet<string>): readonly string[] {
  const keys = config.keys === undefined ? [] : keyFileFaults(config.keys, config);
  return [
    ...keys,
    ...portFaults(config),
    ...twilioFaults(config),
    ...(config.mode === 'production' ? productionFaults(config, given) : developmentFaults(config)),
  ];
}

/** Two servers cannot share a port. 0: the system chooses. */
function portFaults({ mode, port, metricsPort, demoPort }: Config): readonly string[] {
  const demo = mode === 'development' ? demoPort : undefined;
  const isTaken = (other: number | undefined, by: readonly (number | undefined)[]) =>
    other !== undefined && other !== 0 && by.includes(other);
  return [
    ...(isTaken(metricsPort, [port])
      ? [`GATEHOUSE_METRICS_PORT is ${metricsPort}, as is GATEHOUSE_PORT: choose another.`]
      : []),
    ...(isTaken(demo, [port, metricsPort])
      ? [`GATEHOUSE_DEMO_PORT is ${demo}, as is another port of Gatehouse: choose another.`]
      : []),
  ];
}

/** An account is all three, or none. */
function twilioFaults({ mode, twilioAccountSid, twilioAuthToken, twilioFrom, twilioUrl }: Config): readonly string[] {
  const parts = {
    GATEHOUSE_TWILIO_ACCOUNT_SID: twilioAccountSid,
    GATEHOUSE_TWILIO_AUTH_TOKEN: twilioAuthToken,
    GATEHOUSE_TWILIO_FROM: twilioFrom,
  };
  const given = Object.entries(parts).filter(([, value]) => value !== undefined);
  const missing = Object.entries(parts).filter(([, value]) => value === undefined);
  const isWanted = given.length > 0 || twilioUrl !== undefined;
  return [
    ...(isWanted && missing.length > 0
      ? [
          `${missing.map(([name]) => name).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing: an account with Twilio needs its SID, its token and a number.`,
        ]
      : []),
    ...(mode === 'production' && twilioUrl?.startsWith('http:') === true
      ? [`GATEHOUSE_TWILIO_URL must be https in production, not "${twilioUrl}": codes and the token go there.`]
      : []),
  ];
}

function productionFaults(config: Config, given: ReadonlySet<string>): readonly string[] {
  const faults: string[] = [];
  if (config.keys === undefined) {
    faults.push(
      'GATEHOUSE_KEYS is missing: production seals secrets with keys of yours. Make a file with ' +
        `"printf 'key-1:%s\\n' $(openssl rand -base64 32) > gatehouse.keys; chmod 600 gatehouse.keys" and name it here.`,
    );
  }
  if (!config.origin.startsWith('https://')) {
    faults.push(
      `GATEHOUSE_ORIGIN must be https in production, not "${config.origin}": set the address people reach you at.`,
    );
  }
  if (config.mailUrl === undefined) {
    faults.push(
      'GATEHOUSE_MAIL_URL is missing: production sends invitations and notices. Set it to smtp://… or smtps://….',
    );
  }
  if (!given.has('GATEHOUSE_MAIL_FROM')) {
    faults.push('GATEHOUSE_MAIL_FROM is missing: set the sender people should see, on a domain of yours.');
  }
  return faults;
}

function developmentFaults(config: Config): readonly string[] {
  const advice = 'development shows passwords and codes. Leave it out, or set GATEHOUSE_MODE=production.';
  const faults: string[] = [];
  if (!isLoopbackHost(config.host)) {
    faults.push(
      `GATEHOUSE_HOST must be this machine itself (127.0.0.1, ::1 or localhost), not "${config.host}": ${advice}`,
    );
  }
  if (!isLoopbackHost(new URL(config.origin).hostname)) {
    faults.push(`GATEHOUSE_ORIGIN must be on this machine (http://localhost:4000), not "${config.origin}": ${advice}`);
  }
  return faults;
}

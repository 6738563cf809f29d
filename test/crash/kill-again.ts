import { aMember, guess, type Member, realmFileOf, stepNow, tryCode } from './crowd.ts';
import { aVictim, type Victim } from './victim.ts';

export interface Killing {
  readonly kills: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** `mongodb://…`; a SQLite file otherwise. */
  readonly database?: string;
  readonly tell?: (line: string) => void;
}

export interface Killed {
  readonly kills: number;
  readonly accepted: number;
  readonly completed: number;
  readonly wrong: number;
  /** Spent codes that were tried again while they were still of their time. */
  readonly replays: number;
  readonly slowestStartMs: number;
  /** What was promised and does not hold; empty when all is well. */
  readonly faults: readonly string[];
}

const hourMs = 61 * 60_000;
/** Before its counter can reach 100. */
const roundsOfGuesser = 25;

/**
 * Eight people sign in together and one guesses, again and again, while the product is killed at random moments:
 * as soon as so many answers were heard, with the others under way.
 */
export async function killAgain({ kills, random, database, tell = () => {} }: Killing): Promise<Killed> {
  const signers = Array.from({ length: 8 }, (_, at) => aMember(`signer${at}`));
  const guessers = Array.from({ length: Math.ceil(kills / roundsOfGuesser) }, (_, at) => aMember(`guesser${at}`));
  const victim = await aVictim(realmFileOf([...signers, ...guessers]), database === undefined ? {} : { database });
  const faults: string[] = [];
  let [replays, slowestStartMs] = [0, 0];
  try {
    await victim.start();
    for (let round = 0; round < kills; round += 1) {
      // Holds are over, and codes new.
      await victim.setAhead(round * hourMs);
      const guesser = guessers[Math.floor(round / roundsOfGuesser)] as Member;
      await untilKilled(victim, signers, guesser, 3 + Math.floor(random() * 60));
      const integrity = victim.integrity();
      if (integrity !== 'ok') faults.push(`kill ${round + 1}: integrity_check says ${integrity}`);
      slowestStartMs = Math.max(slowestStartMs, await victim.start());
      replays += await replay(victim, signers);
      faults.push(...(await broken(victim, signers, guessers)).map((fault) => `kill ${round + 1}: ${fault}`));
      tell(`${round + 1} of ${kills} kills`);
    }
  } finally {
    await victim.kill();
    await victim.remove();
  }
  const sum = (of: (member: Member) => number) => [...signers, ...guessers].reduce((all, one) => all + of(one), 0);
  return {
    ...{ kills, replays, slowestStartMs: Math.round(slowestStartMs), faults },
    accepted: sum(({ accepted }) => accepted.size),
    completed: sum(({ completed }) => completed.length),
    wrong: sum(({ wrong }) => wrong),
  };
}

async function untilKilled(victim: Victim, signers: readonly Member[], guesser: Member, answers: number) {
  let left = answers;
  let killed: Promise<void> | undefined;
  const heard = () => {
    left -= 1;
    if (left === 0) killed = victim.kill();
  };
  const signIn = async (member: Member) => {
    const step = stepNow(victim);
    for (const each of [step - 1, step, step + 1])
      if (!member.accepted.has(each)) await tryCode(victim, member, each, heard);
  };
  const ended = await Promise.allSettled([...signers.map(signIn), guess(victim, guesser, heard)]);
  await (killed ?? victim.kill());
  for (const one of ended) {
    // Cut off in the middle is what this is about; anything else is not.
    if (one.status === 'rejected' && !isCutOff(one.reason)) throw one.reason;
  }
}

function isCutOff(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'ECONNREFUSED' || code === 'EPIPE';
}

/** The last code of each, once more, while it is of its time. `tryCode` throws when one is accepted twice. */
async function replay(victim: Victim, signers: readonly Member[]): Promise<number> {
  let count = 0;
  for (const member of signers) {
    const last = Math.max(...member.accepted.keys());
    if (Math.abs(last - stepNow(victim)) > 1) continue;
    await tryCode(victim, member, last);
    count += 1;
    if (count === 2) break;
  }
  return count;
}

/** What the database has lost of what was answered. */
export async function broken(victim: Victim, signers: readonly Member[], guessers: readonly Member[]) {
  return await victim.look(async ({ people, factors, store, audit, drain }) => {
    const faults: string[] = [];
    while ((await drain()) > 0);
    const idOf = async ({ username }: Member) => (await people.find('crash', username))?.id ?? '';
    for (const member of signers) {
      const { username, accepted, completed } = member;
      const [method] = await factors.methods.of('crash', await idOf(member));
      const lastStep = Number(method?.data['lastStep']);
      const last = Math.max(-1, ...accepted.keys());
      if (!(lastStep >= last)) faults.push(`${username}: step ${last} was accepted, ${lastStep} is kept`);
      for (const signIn of completed.slice(-3)) {
        const told = await audit.list('crash', { signIn, type: 'sign_in.completed', limit: 2 });
        if (told.items.length !== 1) faults.push(`${username}: ${told.items.length} records of sign-in ${signIn}`);
      }
    }
    const tallies = store.collections().find(({ declaration }) => declaration.name === 'guesses');
    for (const guesser of guessers) {
      if (guesser.wrong === 0) continue;
      const found = await tallies?.list({ index: 'person', equals: [await idOf(guesser), 'crash'], limit: 10 });
      const counters = (found?.items ?? []) as readonly { counter?: string; wrong?: number }[];
      const kept = counters.find(({ counter }) => counter === 'second_factor')?.wrong ?? 0;
      if (kept < guesser.wrong) faults.push(`${guesser.username}: ${guesser.wrong} wrong, ${kept} counted`);
    }
    const chain = await audit.verify('crash');
    if (!chain.ok) faults.push(`the audit log has ${chain.faultCount} faults`);
    return faults;
  });
}

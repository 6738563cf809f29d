import type { Town } from '../../test/nodes/town.ts';
import type { Visitor } from '../../test/support/visitor.ts';
import type { Waits } from './others.ts';

const perMinute = 10_000;
const browsers = 50;

/** Guesses a password for another name from another address each time, as long as `others` takes. */
export async function guessingFlood(
  town: Town,
  others: () => Promise<Waits>,
): Promise<{ readonly waits: Waits; readonly answers: Readonly<Record<string, number>> }> {
  const answers: Record<string, number> = {};
  const visitors = await Promise.all(
    Array.from({ length: browsers }, async () => {
      const visitor = town.visitor(town.nodes[0]);
      await visitor.visit(town.request().url);
      return visitor;
    }),
  );
  let sent = 0;
  const guess = async () => {
    sent += 1;
    const visitor = visitors[sent % browsers];
    if (visitor === undefined) return;
    const { status } = await guessAt(visitor, sent);
    answers[status] = (answers[status] ?? 0) + 1;
  };
  const under: Promise<void>[] = [];
  const timer = setInterval(() => under.push(guess()), 60_000 / perMinute);
  try {
    return { waits: await others(), answers };
  } finally {
    clearInterval(timer);
    await Promise.all(under);
  }
}

function guessAt(visitor: Visitor, turn: number) {
  const form = visitor.page.forms.find(({ names }) => names.has('password'));
  const body = new URLSearchParams();
  for (const [name, value] of form?.fields ?? []) body.set(name, value);
  body.set('identifier', `stranger${turn}`);
  body.set('password', 'not the right one');
  return visitor.request(form?.action ?? visitor.page.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': `10.${100 + ((turn >> 16) & 63)}.${(turn >> 8) & 255}.${turn & 255}`,
    },
    body: body.toString(),
    from: visitor.page.url,
  });
}

import type { Visitor } from '../support/visitor.ts';
import type { Town } from './town.ts';
import { code, givePassword, type Townsperson } from './townspeople.ts';

export interface Journey {
  /** Back at the portal; undefined when it never came there. */
  readonly given: { readonly code: string; readonly verifier: string } | undefined;
  /** The last code that was typed. */
  readonly shown: string;
  /** How often a request was cut off. */
  readonly cutOff: number;
  readonly beganAnew: number;
  /** The pages, for whoever looks for what went wrong. */
  readonly steps: readonly string[];
}

const mostSteps = 15;

/** Signs somebody in as a patient person does: a page that was cut off is asked for again, a spent code is followed by the next. */
export async function signInWhateverHappens(town: Town, person: Townsperson): Promise<Journey> {
  const browser = town.visitor();
  let { url, verifier } = town.request(person.user.realm);
  let [cutOff, beganAnew, shown] = [0, 0, ''];
  const steps: string[] = [];
  await browser.visit(url);
  while (steps.length < mostSteps) {
    const given = givenTo(browser, verifier);
    if (given !== undefined) return { given, shown, cutOff, beganAnew, steps };
    const { status, step = String(status) } = browser.page;
    steps.push(step);
    if (status === 502) {
      cutOff += 1;
      await browser.visit(browser.page.url);
    } else if (step === 'password') await givePassword(browser, person);
    else if (step === 'challenge') {
      // The one before was judged by a node that died before it could say so.
      shown = shown === code() ? code(1) : code();
      await browser.fill({ code: shown }).submit();
    } else {
      beganAnew += 1;
      ({ url, verifier } = town.request(person.user.realm));
      await browser.visit(url);
    }
  }
  return { given: undefined, shown, cutOff, beganAnew, steps };
}

function givenTo({ page }: Visitor, verifier: string): Journey['given'] {
  const found = page.location?.searchParams.get('code');
  return found === undefined || found === null ? undefined : { code: found, verifier };
}

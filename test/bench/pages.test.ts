import { secretForm } from '../../scripts/bench/form.ts';
import type { Answer, Lane } from '../../scripts/bench/lane.ts';
import { PersonBrowser } from '../../scripts/bench/person-browser.ts';

describe('the browser of the bench', () => {
  it('finds the form that asks for a secret, with what it carries along', () => {
    const form = secretForm(`
      <form method="get" action="/search"><input name="q" value="x"></form>
      <form class="form" method="post" action="/a?b=1&amp;c&#x3D;2">
        <input type="hidden" name="csrf" value="a&#x3D;&#61;b"><input id="password" name="password" type="password">
      </form>`);
    expect(form?.action).toBe('/a?b=1&c=2');
    expect([...(form?.fields ?? [])]).toEqual([
      ['csrf', 'a==b'],
      ['password', ''],
    ]);
  });

  it('finds none where no secret is asked for', () => {
    expect(secretForm('<form action="/"><input name="q"></form>')).toBeUndefined();
  });

  it('keeps cookies, replaces them, and drops those that were emptied', async () => {
    const sent: (string | undefined)[] = [];
    const answers = [['a=1; Path=/', 'b=2; HttpOnly'], ['a=3', 'b=; Max-Age=0'], []];
    const lane: Lane = {
      ask: (_url, asked): Promise<Answer> => {
        sent.push(asked?.headers?.['cookie']);
        return Promise.resolve({
          status: 200,
          body: '',
          location: undefined,
          setCookies: answers.shift() ?? [],
          retryAfterS: undefined,
        });
      },
      close: () => undefined,
    };
    const browser = new PersonBrowser(lane);
    for (let times = 0; times < 3; times += 1) await browser.ask(new URL('https://id.example/'));
    expect(sent).toEqual([undefined, 'a=1; b=2', 'a=3']);
  });
});

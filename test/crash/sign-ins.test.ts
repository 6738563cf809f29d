import { killAgain } from './kill-again.ts';

/** `npm run soak` kills it 200 times. */
const kills = 10;

describe('kill -9 during sign-ins', () => {
  it('F1: loses nothing that was answered, accepts no code twice, counts no guess back, and starts again without repair', async () => {
    const found = await killAgain(kills, Math.random, () => {});
    expect(found.faults).toEqual([]);
    expect(found.kills).toBe(kills);
    expect(found.accepted).toBeGreaterThan(kills);
    expect(found.wrong).toBeGreaterThan(0);
    expect(found.completed).toBeGreaterThan(0);
    expect(found.replays).toBeGreaterThan(0);
  }, 180_000);
});

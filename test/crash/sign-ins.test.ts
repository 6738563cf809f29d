import { aDatabase, onMongo } from '../nodes/databases.ts';
import { killAgain } from './kill-again.ts';

/** On each database; `npm run soak` kills it 200 times. */
const kills = 25;

function losesNothing(database: () => string | undefined): void {
  it('F1: loses nothing that was answered, accepts no code twice, counts no guess back, and starts again without repair', async () => {
    const address = database();
    const found = await killAgain({
      kills,
      random: Math.random,
      ...(address === undefined ? {} : { database: address }),
    });
    expect(found.faults).toEqual([]);
    expect(found.kills).toBe(kills);
    expect(found.accepted).toBeGreaterThan(kills);
    expect(found.wrong).toBeGreaterThan(0);
    expect(found.completed).toBeGreaterThan(0);
    expect(found.replays).toBeGreaterThan(0);
  }, 600_000);
}

describe('kill -9 during sign-ins, on SQLite', () => {
  losesNothing(() => undefined);
});

onMongo((server) => losesNothing(() => aDatabase(server()?.uri)), { title: 'kill -9 during sign-ins, on MongoDB' });

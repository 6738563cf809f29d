import { createMetrics } from '../../../src/ops/metrics/metrics.ts';

describe('what is counted of sign-ins', () => {
  /** Lines with figures, of those metrics that count sign-ins. */
  async function countedOf(type: string, details: Readonly<Record<string, unknown>> = {}) {
    const metrics = createMetrics();
    metrics.told([{ id: 'one', kind: 'audit', at: new Date(), body: { type, details } }]);
    const lines = (await metrics.text()).split('\n');
    return lines.filter((line) => /^gatehouse_(sign_ins|sign_in_refusals|proofs)_total/.test(line));
  }

  it.each([
    [
      'sign_in.completed',
      { proven: ['password', 'token'] },
      [
        'gatehouse_sign_ins_total{outcome="completed"} 1',
        'gatehouse_proofs_total{factor="password",outcome="right"} 1',
        'gatehouse_proofs_total{factor="token",outcome="right"} 1',
      ],
    ],
    ['sign_in.completed', {}, ['gatehouse_sign_ins_total{outcome="completed"} 1']],
    ['sign_in.ended', { because: 'guesses' }, ['gatehouse_sign_ins_total{outcome="guesses"} 1']],
    ['sign_in.refused', { why: 'network' }, ['gatehouse_sign_in_refusals_total{why="network"} 1']],
    ['sign_in.refused', { why: 'Robert"} 1\n' }, ['gatehouse_sign_in_refusals_total{why="other"} 1']],
    ['password.refused', {}, ['gatehouse_proofs_total{factor="password",outcome="wrong"} 1']],
    ['second_factor.refused', { factor: 'phone' }, ['gatehouse_proofs_total{factor="phone",outcome="wrong"} 1']],
    ['second_factor.refused', { factor: 'a@b.example' }, ['gatehouse_proofs_total{factor="other",outcome="wrong"} 1']],
    ['user.created', {}, []],
    ['no type of ours', {}, []],
  ])('%s %j', async (type, details, lines) => {
    expect(await countedOf(type, details)).toEqual(lines);
  });
});

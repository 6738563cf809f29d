import { createMetrics } from '../../../src/ops/metrics/metrics.ts';

describe('metrics of codes by telephone', () => {
  it('count what was asked and what became of it, and money spent apart from money given back', async () => {
    const metrics = createMetrics();
    const sms = { channel: 'sms', currency: 'EUR' };
    metrics.codeMessage({ ...sms, outcome: 'admitted', micros: 90_000 });
    metrics.codeMessage({ ...sms, outcome: 'admitted', micros: 90_000 });
    metrics.codeMessage({ ...sms, outcome: 'used', micros: 0 });
    metrics.codeMessage({ ...sms, outcome: 'failed', micros: -90_000 });
    metrics.codeMessage({ channel: 'voice', currency: 'EUR', outcome: 'budget', micros: 0 });
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('gatehouse_code_message'));
    expect(lines).toEqual([
      'gatehouse_code_messages_total{channel="sms",outcome="admitted"} 2',
      'gatehouse_code_messages_total{channel="sms",outcome="used"} 1',
      'gatehouse_code_messages_total{channel="sms",outcome="failed"} 1',
      'gatehouse_code_messages_total{channel="voice",outcome="budget"} 1',
      'gatehouse_code_message_cost_total{channel="sms",currency="EUR"} 0.18',
      'gatehouse_code_message_refund_total{channel="sms",currency="EUR"} 0.09',
    ]);
  });
});

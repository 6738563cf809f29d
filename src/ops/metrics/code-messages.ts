import { Counter, type Registry } from 'prom-client';

/** What was asked of the allowance for a code by telephone, and what became of it. */
export interface CodeMessageSeen {
  readonly channel: string;
  readonly outcome: string;
  /** Millionths of the currency; negative when given back. */
  readonly micros: number;
  readonly currency: string;
}

/** Counts codes by telephone. Prices given back are counted apart: a counter never falls. */
export function createCodeMessages(registers: Registry[]): (seen: CodeMessageSeen) => void {
  const messages = new Counter({
    name: 'gatehouse_code_messages_total',
    help: 'Codes by text message and call: admitted, used, failed, or what refused them.',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  const money = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['channel', 'currency'], registers });
  const spent = money('gatehouse_code_message_cost_total', 'Price of the codes admitted, by the price table.');
  const refunded = money('gatehouse_code_message_refund_total', 'Price given back of those no provider took.');
  return ({ channel, outcome, micros, currency }) => {
    messages.inc({ channel, outcome });
    if (micros > 0) spent.inc({ channel, currency }, micros / 1_000_000);
    if (micros < 0) refunded.inc({ channel, currency }, -micros / 1_000_000);
  };
}

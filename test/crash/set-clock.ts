/** Loaded before the product, in a process of its own: its parent sets how far ahead of the real time its time is. */
import process from 'node:process';

const RealDate = Date;
let aheadMs = 0;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + aheadMs] : args, made) as Date,
  get: (target, name) => (name === 'now' ? () => RealDate.now() + aheadMs : Reflect.get(target, name)),
});

process.on('message', (message: { readonly aheadMs: number }) => {
  aheadMs = message.aheadMs;
  process.send?.('set');
});
// Listening to its parent must not keep it alive.
process.channel?.unref();

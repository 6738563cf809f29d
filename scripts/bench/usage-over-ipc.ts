/**
 * Loaded into a server (`--import`) where there is no `/proc`: answers how much CPU and memory the process used.
 * Only for one process; workers of it are not asked.
 */
import type { Usage } from './process-usage.ts';

export const question = 'usage?';

process.on('message', (asked) => {
  if (asked !== question) return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuMs: (user + system) / 1000, rssMiB: process.memoryUsage.rss() / 2 ** 20 };
  process.send?.(usage);
});
// The server ends when it wants to, whoever may still ask.
process.channel?.unref();

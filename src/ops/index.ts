/**
 * Running it: the log, health and readiness, the server with its limits, stopping without losing anybody.
 * Promises that no secret with a known name reaches the log. Must not know what is served.
 */
export { createLog } from './log.ts';
export { createProbes, type Probes } from './probes.ts';
export { type RunningServer, type ServerLimits, serverLimits, startServer, stopOnSignals } from './server.ts';

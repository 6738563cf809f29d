/**
 * Running it: the log, health and readiness, the server with its limits, stopping without losing anybody, workers,
 * metrics, traces, the doctor. Promises that no secret with a known name reaches the log, and that no person reaches
 * a metric or a trace. Must not know what is served.
 */

export { createLog } from './log.ts';
export { joinMetrics, serveMetrics } from './metrics/serve.ts';
export { outboxLength } from './outbox-length.ts';
export { createProbes, type Probes } from './probes.ts';
export { type RunningServer, type ServerLimits, serverLimits, startServer } from './server.ts';
export { lameDuck, stopOnSignals, stopWithPrimary } from './stop.ts';
export { noTelemetry, openTelemetry, type Telemetry } from './telemetry.ts';
export { answerPrimary } from './workers/link.ts';
export { firstWorkerFlag, type Supervised, superviseWorkers } from './workers/supervise.ts';

import { AggregatorRegistry, Gauge, Registry } from 'prom-client';

export interface WorkerCounts {
  readonly wanted: number;
  readonly deaths: number;
}

export async function join(parts: readonly unknown[], workers: WorkerCounts): Promise<string> {
  const objects = parts.filter((part) => typeof part === 'object' && part !== null);
  const own = new Registry();
  new Gauge({ name: 'gatehouse_workers_wanted', help: 'Workers there should be.', registers: [own] }).set(
    workers.wanted,
  );
  new Gauge({ name: 'gatehouse_workers_answering', help: 'Workers in these figures.', registers: [own] }).set(
    objects.length,
  );
  new Gauge({ name: 'gatehouse_worker_deaths', help: 'Workers that died since the start.', registers: [own] }).set(
    workers.deaths,
  );
  const joined = objects.length === 0 ? '' : await AggregatorRegistry.aggregate(objects).metrics();
  return `${await own.metrics()}\n${joined}`;
}

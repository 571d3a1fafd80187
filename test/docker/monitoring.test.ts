import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { defineMetrics } from '../../src/http/metrics/definitions.ts';

const read = (name: string) => readFileSync(new URL(`../../docker/${name}`, import.meta.url), 'utf8');

interface Dashboard {
  panels: { id: number; title: string; gridPos: { x: number; y: number }; targets: { expr: string }[] }[];
}
interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
}

/** What Prometheus calls the series of each metric, with the labels that it has. */
async function listSeries(): Promise<Map<string, readonly string[]>> {
  const { registry } = defineMetrics();
  const series = new Map<string, readonly string[]>();
  for (const { name, type } of await registry.getMetricsAsJSON()) {
    const { labelNames = [] } = registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
    const suffixes = String(type) === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const suffix of suffixes) series.set(`${name}${suffix}`, labelNames);
  }
  return series;
}

const added = new Set(['instance', 'le', 'job']);

describe('the dashboard and the alert rules', () => {
  const dashboard = JSON.parse(read('grafana_dashboard.json')) as Dashboard;
  const rules = (parse(read('alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);
  const expressions = [...dashboard.panels.flatMap(({ targets }) => targets), ...rules].map(
    ({ expr }) => expr,
  );
  const namesIn = (text: string) => text.match(/\b(?:curfew|nodejs|process)_[a-z0-9_]+/g) ?? [];

  it('name only metrics that exist, by labels that those have', async () => {
    const series = await listSeries();
    for (const expr of expressions) {
      const names = namesIn(expr);
      assert.ok(names.length > 0, expr);
      for (const name of names) assert.ok(series.has(name), `${name} in ${expr}`);
      const labels = names.flatMap((name) => series.get(name) ?? []);
      const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
      const selected = [...expr.matchAll(/(\w+)!?="/g)].map(([, label = '']) => label);
      for (const label of [...grouped, ...selected]) {
        assert.ok(labels.includes(label) || added.has(label), `${label} in ${expr}`);
      }
    }
  });

  it('leave out no metric of ours but one that another shows better', async () => {
    const used = new Set(expressions.flatMap(namesIn));
    const { registry } = defineMetrics();
    const ours = (await registry.getMetricsAsJSON())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('curfew_'));
    const unused = ours.filter((name) => ![...used].some((one) => one.startsWith(name)));
    assert.deepEqual(unused, ['curfew_sessions_started_total']);
  });

  it('have names and places of their own, and say what is wrong in a sentence', () => {
    const distinct = (values: readonly unknown[]) => assert.equal(new Set(values).size, values.length);
    distinct(dashboard.panels.map(({ id }) => id));
    distinct(dashboard.panels.map(({ title }) => title));
    distinct(dashboard.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`));
    distinct(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      assert.match(alert, /^Curfew[A-Z]\w+$/);
      assert.match(annotations.summary, /\.$/);
    }
  });
});
